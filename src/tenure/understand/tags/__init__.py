"""Dynamic tags: who carries which, as one number per live term, and who entered and left."""
