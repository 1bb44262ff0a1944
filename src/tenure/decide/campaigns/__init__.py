"""Whom a campaign means, what it would offer to whom, and what that could cost at most."""
