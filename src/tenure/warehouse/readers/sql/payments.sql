-- One row per attempt to pay.
SELECT
    id AS payment_id,
    account_id,
    term_id,
    amount_minor,
    currency,
    state,
    {day:paid_on} AS day,
    {us:recorded_at} AS known_us
FROM records_payment
WHERE {only:id}
ORDER BY id
