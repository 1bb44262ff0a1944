-- One movement for each offer of a campaign whose term is over: what was really taken off at the
-- renewal (nothing, where it was not used) and the contact stay, the rest goes back to the line.
INSERT INTO records_campaignspend (
    line_id, term_id, amount_minor, contact_minor, "on", note, once_key, recorded_at
)
SELECT
    reserved.line_id,
    reserved.term_id,
    reserved.contact_minor
    + CASE
        WHEN following.price_minor < following.list_price_minor
            THEN CASE
                WHEN
                    following.list_price_minor - following.price_minor
                    < reserved.amount_minor - reserved.contact_minor
                    THEN following.list_price_minor - following.price_minor
                ELSE reserved.amount_minor - reserved.contact_minor
            END
        ELSE 0
    END
    - reserved.amount_minor,
    0,
    %(as_of)s,
    '',
    reserved.once_key || ':back',
    %(at)s
FROM records_campaignspend AS reserved
INNER JOIN records_term AS term ON term.id = reserved.term_id
LEFT JOIN records_term AS following
    ON
        following.subscription_id = term.subscription_id
        AND following.number = term.number + 1
        AND following.reversed_on IS NULL
        AND term.renewed_on IS NOT NULL
WHERE
    reserved.amount_minor > reserved.contact_minor
    AND (term.renewed_on <= %(as_of)s OR term.closed_on <= %(as_of)s)
    AND NOT EXISTS (
        SELECT 1 FROM records_campaignspend AS back
        WHERE back.once_key = reserved.once_key || ':back'
    )
ON CONFLICT DO NOTHING
