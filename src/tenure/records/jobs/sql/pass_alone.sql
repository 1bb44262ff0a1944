-- PostgreSQL only: one transaction after the other.
SELECT pg_advisory_xact_lock(7381, %(work)s)
