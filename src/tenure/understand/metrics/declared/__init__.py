"""The entries, a file per idea."""
