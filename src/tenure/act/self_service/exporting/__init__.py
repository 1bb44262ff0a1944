"""A person's own data, whole: a ZIP of JSON and CSV with an explanation of every column."""
