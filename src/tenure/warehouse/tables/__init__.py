"""Every table of the warehouse: its grain, its key and its columns, a file per idea."""
