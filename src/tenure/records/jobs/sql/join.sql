-- PostgreSQL only: the session takes part, as soon as nobody is alone there.
SELECT pg_advisory_lock_shared(7381, %(work)s)
