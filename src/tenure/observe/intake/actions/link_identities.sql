-- Which account each waiting identity belongs to: by the external id of an account, else of a
-- person, else of whoever it is known to be the same as, at most five links away.
WITH RECURSIVE waiting AS (
    SELECT DISTINCT source_id, identity
    FROM observe_inboxevent
    WHERE sealed_at IS NULL AND account_id IS NULL AND known_us <= %(until_us)s
),
chain (source_id, identity, reached, depth) AS (
    SELECT source_id, identity, identity, 0
    FROM waiting
    UNION ALL
    SELECT chain.source_id, chain.identity, link.belongs_to, chain.depth + 1
    FROM chain
    JOIN observe_identitylink AS link
        ON link.source_id = chain.source_id
        AND link.known_as = chain.reached
        AND link.undone_at IS NULL
    WHERE chain.depth < 5
),
known AS MATERIALIZED (
    SELECT external_id, 0 AS rank, min(id) AS account_id
    FROM records_account
    WHERE external_id IN (SELECT reached FROM chain)
    GROUP BY external_id
    UNION ALL
    SELECT external_id, 1 AS rank, min(account_id) AS account_id
    FROM records_person
    WHERE external_id IN (SELECT reached FROM chain)
    GROUP BY external_id
),
ranked AS MATERIALIZED (
    SELECT
        chain.source_id,
        chain.identity,
        known.account_id,
        row_number() OVER (
            PARTITION BY chain.source_id, chain.identity
            ORDER BY chain.depth, known.rank, known.account_id
        ) AS place
    FROM chain
    JOIN known ON known.external_id = chain.reached
)
SELECT ranked.account_id, event.id
FROM observe_inboxevent AS event
-- SQLite reads the left side of a cross join first: the events once, not once for each identity.
CROSS JOIN ranked
WHERE ranked.source_id = event.source_id
    AND ranked.identity = event.identity
    AND ranked.place = 1
    AND event.sealed_at IS NULL
    AND event.account_id IS NULL
    AND event.known_us <= %(until_us)s
