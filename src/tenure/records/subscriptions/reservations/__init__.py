"""A quantity and a time that a customer commits to, for a price that does not move (OFR-16)."""
