"""What a strategy was worth: before and after its start, and against those it left alone."""
