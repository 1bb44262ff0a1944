"""A claim with its evidence: what the loop changed against the people it left alone."""
