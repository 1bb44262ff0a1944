"""What programs asked to have done, under keys of theirs, and what they were answered."""
