"""Contracts, who signed them, and what proves it. A signed file is never changed (R-I-023)."""
