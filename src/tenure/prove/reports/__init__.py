"""The pages that an operator is told regularly: a few figures, each with its count behind it."""
