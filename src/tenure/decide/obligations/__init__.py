"""Which duties bind one contract on one day, and what they leave open."""
