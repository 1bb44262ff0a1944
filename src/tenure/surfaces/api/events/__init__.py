"""`/v1`: events come in here, from the Segment clients and whatever speaks like them."""
