"""One customer, whole, at one point in time."""
