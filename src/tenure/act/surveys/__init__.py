"""Ask the customers of a round, each at most once and none too often, through the one sender."""
