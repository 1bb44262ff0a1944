-- Terms whose whole story is their own row: billed and earned net of tax, a row for each currency.
WITH plain AS (
    SELECT
        term.currency,
        term.price_minor - term.tax_minor AS net,
        (term.ends_on - term.starts_on)::bigint AS total,
        (LEAST((%(through)s)::date + 1, term.ends_on) - term.starts_on)::bigint AS served,
        COALESCE(term.sold_before_on, before.renewed_on, term.starts_on) AS sold_on
    FROM records_term AS term
    LEFT JOIN records_term AS before
        ON
            before.subscription_id = term.subscription_id
            AND before.number = term.number - 1
            AND before.reversed_on IS NULL
    WHERE
        term.extended_days = 0
        AND (term.closed_on IS NULL OR term.closed_on >= term.ends_on)
        AND NOT EXISTS (SELECT 1 FROM records_termline AS line WHERE line.term_id = term.id)
        AND NOT EXISTS (
            SELECT 1
            FROM records_contractperiod AS rest
            WHERE rest.subscription_id = term.subscription_id AND rest.kind = 'pause'
        )
)

SELECT
    currency,
    SUM(net)::bigint AS billed,
    SUM((2 * net * GREATEST(served, 0) + total) / (2 * total))::bigint AS earned
FROM plain
WHERE sold_on <= %(sold_by)s
GROUP BY currency
ORDER BY currency
