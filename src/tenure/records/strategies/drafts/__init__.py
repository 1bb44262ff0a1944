"""A change to the strategy that somebody made in the console and that waits for a second person."""
