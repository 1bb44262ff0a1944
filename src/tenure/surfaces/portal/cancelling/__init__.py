"""Leaving: as easy as joining, one relevant offer at most, and nothing that holds anybody up."""
