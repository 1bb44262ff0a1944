"""Segments that people saved, each version of their rule kept for ever."""
