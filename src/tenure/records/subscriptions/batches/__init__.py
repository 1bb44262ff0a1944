"""Many renewals of one company as one purchase: named, checked line by line, paid once, given."""
