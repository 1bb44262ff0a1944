-- One entry for each committed discount whose term is over: what was really taken off at the
-- renewal (nothing, where it was not used), less what was expected. The contact was paid anyway.
-- One renewal has one discount: of several offers of a term the best one that still stood when it
-- was renewed is the one that was used.
INSERT INTO decide_budgetentry (decision_id, kind, month_on, "on", amount_minor, currency)
WITH ended AS (
    SELECT
        decision.id AS decision_id,
        decision.contact_cost_minor,
        committed.month_on,
        committed.amount_minor,
        committed.currency,
        term.subscription_id,
        term.number,
        term.renewed_on,
        row_number() OVER (
            PARTITION BY decision.term_id
            ORDER BY
                CASE
                    WHEN decision.valid_until < term.renewed_on THEN 1
                    ELSE 0
                END,
                decision.price_minor,
                decision.id DESC
        ) AS place
    FROM decide_budgetentry AS committed
    INNER JOIN decide_decision AS decision ON decision.id = committed.decision_id
    INNER JOIN records_term AS term ON term.id = decision.term_id
    WHERE
        committed.kind = 'commit'
        AND decision.price_minor < decision.list_price_minor
        AND (term.renewed_on <= %(as_of)s OR term.closed_on <= %(as_of)s)
        AND NOT EXISTS (
            SELECT 1
            FROM decide_budgetentry AS settled
            WHERE settled.decision_id = decision.id AND settled.kind = 'settle'
        )
)

SELECT
    ended.decision_id,
    'settle',
    ended.month_on,
    %(as_of)s,
    ended.contact_cost_minor
    + coalesce(
        CASE
            WHEN ended.place = 1 AND following.price_minor < following.list_price_minor
                THEN following.list_price_minor - following.price_minor
        END,
        0
    )
    - ended.amount_minor,
    ended.currency
FROM ended
LEFT JOIN records_term AS following
    ON
        following.subscription_id = ended.subscription_id
        AND following.number = ended.number + 1
        AND following.reversed_on IS NULL
        AND ended.renewed_on IS NOT NULL
WHERE TRUE
ON CONFLICT DO NOTHING
