"""Which benefits somebody gets with a term, and why not the others."""
