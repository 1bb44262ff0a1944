-- One entry for each committed discount whose term is over: what was really taken off at the
-- renewal (nothing, where it was not used), less what was expected. The contact was paid anyway.
INSERT INTO decide_budgetentry (decision_id, kind, month_on, "on", amount_minor, currency)
SELECT
    decision.id,
    'settle',
    committed.month_on,
    %(as_of)s,
    decision.contact_cost_minor
    + coalesce(
        CASE
            WHEN following.price_minor < following.list_price_minor
                THEN following.list_price_minor - following.price_minor
        END,
        0
    )
    - committed.amount_minor,
    committed.currency
FROM decide_budgetentry AS committed
INNER JOIN decide_decision AS decision ON decision.id = committed.decision_id
INNER JOIN records_term AS term ON term.id = decision.term_id
LEFT JOIN records_term AS following
    ON
        following.subscription_id = term.subscription_id
        AND following.number = term.number + 1
        AND following.reversed_on IS NULL
        AND term.renewed_on IS NOT NULL
WHERE
    committed.kind = 'commit'
    AND decision.price_minor < decision.list_price_minor
    AND (term.renewed_on <= %(as_of)s OR term.closed_on <= %(as_of)s)
    AND NOT EXISTS (
        SELECT 1
        FROM decide_budgetentry AS settled
        WHERE settled.decision_id = decision.id AND settled.kind = 'settle'
    )
ON CONFLICT DO NOTHING
