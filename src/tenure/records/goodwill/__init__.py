"""Money given to a customer out of goodwill: within limits, and by two people where it is much."""
