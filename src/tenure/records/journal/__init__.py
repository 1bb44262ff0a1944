"""Append-only: what happened, to whom, by whom and when. Audit, timeline and outbox in one."""
