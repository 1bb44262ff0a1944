"""Texts as counts of grams: sentiment, topics, their names, and bursts. Seeded, nothing fetched."""
