-- PostgreSQL only: the session takes part no longer.
SELECT pg_advisory_unlock_shared(7381, %(work)s)
