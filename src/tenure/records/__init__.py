"""Facts that everyone reads: what is so, and what may change."""
