"""What the business holds its numbers against: targets, benchmarks, spending."""
