"""A company renews many contracts at once: list, check, one order, one payment, each line."""
