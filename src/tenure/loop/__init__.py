"""The order of one day. START HERE: `nightly.py` is the whole loop on one screen."""
