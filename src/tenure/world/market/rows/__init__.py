"""A market as rows of the records, column by column."""
