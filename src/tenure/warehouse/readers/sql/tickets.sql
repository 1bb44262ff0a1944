-- One row per ticket; its day in the business's zone is derived from the instant.
SELECT
    id AS ticket_id,
    account_id,
    kind,
    {us:opened_at} AS opened_us,
    {us:resolved_at} AS resolved_us,
    {flag:sla_missed} AS sla_missed,
    {us:recorded_at} AS known_us
FROM records_ticket
WHERE {only:id}
ORDER BY id
