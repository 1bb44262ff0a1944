"""START HERE: the whole loop on one screen."""
