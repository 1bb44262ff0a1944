"""Presents that renewals bring: chosen, sent, and where each one is."""
