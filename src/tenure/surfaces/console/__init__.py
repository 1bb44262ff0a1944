"""Pages for the people who run renewals."""
