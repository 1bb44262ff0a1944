"""Money that is taken by itself: announced, proved, charged, and asked for again when declined."""
