"""Taking money through outside providers: one protocol, whoever stands behind it."""
