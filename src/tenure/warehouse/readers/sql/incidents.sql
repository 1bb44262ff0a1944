-- One row per fault of a node.
SELECT
    id AS incident_id,
    node_id,
    {us:started_at} AS started_us,
    {us:ended_at} AS ended_us
FROM records_incident
WHERE {only:id}
ORDER BY id
