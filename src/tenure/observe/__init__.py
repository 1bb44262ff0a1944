"""Bring the outside in: events, imports, and what of them had to be turned away."""
