"""One choice for each term at each moment of its journey that calls for one.

Everybody due is either chosen for an action or withheld with a reason; every row names its
inputs, its alternatives, its propensity and the strategy that it followed.
"""
