"""What a customer is still worth: survival of contracts, purchases without one, and plain formulas.

Every variant is shown by its name, with its assumptions: they differ, and none is the truth.
"""
