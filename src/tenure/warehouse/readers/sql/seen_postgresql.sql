-- The changes of every transaction before this one are in the moment.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS seen
