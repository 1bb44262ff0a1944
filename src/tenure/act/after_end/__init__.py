"""Telling whoever left until when data can be taken out, and deleting it after that."""
