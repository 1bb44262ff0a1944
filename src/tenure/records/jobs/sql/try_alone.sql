-- PostgreSQL only: the session holds it alone, where nobody takes part.
SELECT pg_try_advisory_lock(7381, %(work)s)
