-- PostgreSQL only: the sessions that take part in this database.
SELECT count(DISTINCT pid)
FROM pg_locks
WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = 7381
    AND objid = %(work)s
    AND objsubid = 2
    AND granted
