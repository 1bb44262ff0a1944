"""Who is where between T−180 and the end of a term, and what is due for them."""
