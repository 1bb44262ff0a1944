"""The verbs of titles and requests."""
