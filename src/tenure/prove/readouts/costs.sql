-- What choices for terms that ended long enough ago cost, in one currency: contact, discounts,
-- days of service given away, and the part of both gifts that by the estimate of the day went to
-- customers who would have renewed anyway.
SELECT
    coalesce(sum(decision.contact_cost_minor), 0),
    coalesce(sum(CASE WHEN decision.extension_days = 0 THEN given.amount_minor ELSE 0 END), 0),
    coalesce(sum(CASE WHEN decision.extension_days > 0 THEN given.amount_minor ELSE 0 END), 0),
    coalesce(
        sum(
            CASE
                WHEN decision.p_with > 0
                    THEN 1.0 * given.amount_minor * decision.p_without / decision.p_with
            END
        ),
        0
    )
FROM decide_decision AS decision
INNER JOIN records_term AS term ON term.id = decision.term_id
LEFT JOIN (
    SELECT
        entry.decision_id,
        sum(entry.amount_minor) - max(made.contact_cost_minor) AS amount_minor
    FROM decide_budgetentry AS entry
    INNER JOIN decide_decision AS made ON made.id = entry.decision_id
    WHERE entry."on" <= %(as_of)s
    GROUP BY entry.decision_id
) AS given ON given.decision_id = decision.id
WHERE
    decision.outcome = 'chosen'
    AND decision.currency = %(currency)s
    AND decision.as_of <= %(as_of)s
    AND term.ends_on <= %(matured_until)s
