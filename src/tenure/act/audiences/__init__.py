"""Audiences for advertising: who agreed that a platform may know them, as hashes alone."""
