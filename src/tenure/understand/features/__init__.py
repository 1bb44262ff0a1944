"""What a customer looks like as of a day: one row of numbers for each live term."""
