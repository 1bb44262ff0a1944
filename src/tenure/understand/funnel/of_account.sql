-- The steps of one account: what other systems told, and our own records.
SELECT stage, MIN(day) AS first_on, MAX(day) AS last_on, COUNT(*)
FROM (
    SELECT m.stage, SUBSTR(CAST(m.happened_on AS TEXT), 1, 10) AS day
    FROM records_milestone m
    JOIN records_account a ON a.source = m.party_source AND a.external_id = m.party
    WHERE a.id = %(account)s
    UNION ALL
    SELECT 'contract', SUBSTR(CAST(started_on AS TEXT), 1, 10)
    FROM records_subscription WHERE account_id = %(account)s
    UNION ALL
    SELECT 'contract', SUBSTR(CAST(signed_at AS TEXT), 1, 10)
    FROM records_contract WHERE account_id = %(account)s AND signed_at IS NOT NULL
    UNION ALL
    SELECT 'invoice', SUBSTR(CAST(issued_on AS TEXT), 1, 10)
    FROM records_invoice WHERE account_id = %(account)s AND issued_on IS NOT NULL
    UNION ALL
    SELECT 'payment', SUBSTR(CAST(paid_on AS TEXT), 1, 10)
    FROM records_payment
    WHERE account_id = %(account)s
      AND state IN ('succeeded', 'partially_refunded', 'refunded')
    UNION ALL
    SELECT 'renewal', SUBSTR(CAST(renewed_on AS TEXT), 1, 10)
    FROM records_term WHERE account_id = %(account)s AND renewed_on IS NOT NULL
) AS steps
WHERE day <= %(until)s
GROUP BY stage
