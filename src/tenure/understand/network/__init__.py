"""How good a line was: what a voice on it sounds like, how long it was there, and what is owed."""
