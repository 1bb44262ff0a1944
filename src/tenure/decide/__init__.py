"""One choice for one term, with its alternatives, its propensity and its reasons."""
