"""What a renewal costs whoever comes by a link: one answer for texts, pages and programs."""
