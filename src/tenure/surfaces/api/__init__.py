"""The programs' door: REST under /api/v1 and event intake under /v1."""
