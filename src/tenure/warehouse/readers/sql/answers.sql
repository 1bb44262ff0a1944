-- One row per survey answer.
SELECT
    id AS answer_id,
    account_id,
    survey,
    score,
    {day:answered_on} AS day,
    {us:recorded_at} AS known_us
FROM records_answer
WHERE {only:id}
ORDER BY id
