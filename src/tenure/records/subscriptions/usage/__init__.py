"""How much of a metered component was used, by day."""
