-- The first day of each stage of everybody whose first step lies between two days.
WITH told AS (
    SELECT COALESCE('a' || a.id, m.party_source || ':' || m.party) AS party, m.stage AS stage,
           SUBSTR(CAST(m.happened_on AS TEXT), 1, 10) AS day
    FROM records_milestone m
    LEFT JOIN records_account a ON a.source = m.party_source AND a.external_id = m.party
    UNION ALL
    SELECT 'a' || account_id, 'contract', SUBSTR(CAST(started_on AS TEXT), 1, 10)
    FROM records_subscription
    UNION ALL
    SELECT 'a' || account_id, 'contract', SUBSTR(CAST(signed_at AS TEXT), 1, 10)
    FROM records_contract WHERE signed_at IS NOT NULL
    UNION ALL
    SELECT 'a' || account_id, 'invoice', SUBSTR(CAST(issued_on AS TEXT), 1, 10)
    FROM records_invoice WHERE issued_on IS NOT NULL
    UNION ALL
    SELECT 'a' || account_id, 'payment', SUBSTR(CAST(paid_on AS TEXT), 1, 10)
    FROM records_payment WHERE state IN ('succeeded', 'partially_refunded', 'refunded')
    UNION ALL
    SELECT 'a' || account_id, 'renewal', SUBSTR(CAST(renewed_on AS TEXT), 1, 10)
    FROM records_term WHERE renewed_on IS NOT NULL
),
firsts AS (
    SELECT party, stage, MIN(day) AS first_on FROM told WHERE day <= %(until)s GROUP BY party, stage
)
SELECT party, stage, first_on
FROM firsts
WHERE party IN (SELECT party FROM firsts GROUP BY party HAVING MIN(first_on) >= %(since)s)
