-- PostgreSQL only: transactions with a lower number have all ended.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint
