"""What customers do for themselves: come in by link or code, choose, take their data, leave."""
