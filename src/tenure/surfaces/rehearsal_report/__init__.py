"""What a rehearsal found, in sentences and as one page."""
