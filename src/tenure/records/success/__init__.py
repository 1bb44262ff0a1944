"""Books of business and to-dos for people."""
