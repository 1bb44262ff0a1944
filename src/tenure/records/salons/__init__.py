"""Meetings with customers and cards that are handed over there, with what each cost."""
