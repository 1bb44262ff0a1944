"""What the loop changed, against the people it left alone, said with an interval or not at all."""
