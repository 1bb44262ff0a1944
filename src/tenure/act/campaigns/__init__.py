"""Campaigns at work: planned from live data, launched after a dry run, told to their customers."""
