"""Accounts, people, how to reach them, and what they allowed."""
