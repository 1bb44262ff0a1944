"""Revenue of the contracts: what was billed, what is earned and what is still owed as service."""
