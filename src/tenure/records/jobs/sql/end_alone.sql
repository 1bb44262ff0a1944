-- PostgreSQL only: others may take part again.
SELECT pg_advisory_unlock(7381, %(work)s)
