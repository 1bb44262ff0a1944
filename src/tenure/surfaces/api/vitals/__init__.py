"""Whether the server lives, whether it is ready, and what it measures of itself."""
