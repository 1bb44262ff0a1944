"""Give what comes with a paid term, end it with the term, and say so to the customer."""
