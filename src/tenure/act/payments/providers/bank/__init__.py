"""Bank transfers: where to, with which reference, and how a statement finds its payments."""
