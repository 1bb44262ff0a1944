-- Terms that something happened to, which `plain_terms.sql` leaves out, or all of one subscription;
-- and when each was bought.
SELECT
    term.id,
    term.subscription_id,
    term.currency,
    term.price_minor,
    term.tax_minor,
    term.starts_on,
    term.ends_on,
    term.closed_on,
    COALESCE(term.sold_before_on, before.renewed_on) AS bought_on,
    term.extended_days
FROM records_term AS term
LEFT JOIN records_term AS before
    ON
        before.subscription_id = term.subscription_id
        AND before.number = term.number - 1
        AND before.reversed_on IS NULL
WHERE
    term.subscription_id = CAST(%(chain)s AS BIGINT)
    OR CAST(%(chain)s AS BIGINT) IS NULL
    AND (
        term.extended_days > 0
        OR term.closed_on < term.ends_on
        OR EXISTS (SELECT 1 FROM records_termline AS line WHERE line.term_id = term.id)
        OR EXISTS (
            SELECT 1
            FROM records_contractperiod AS rest
            WHERE rest.subscription_id = term.subscription_id AND rest.kind = 'pause'
        )
    )
