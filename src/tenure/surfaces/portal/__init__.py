"""The customers' own pages: by a signed link without a login, or signed in by a code."""
