"""Which file and column is what: a `mapping.toml`, or column names that we know."""
