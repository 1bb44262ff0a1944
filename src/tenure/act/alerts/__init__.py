"""What the business's own people are told in a room of theirs, or on their own telephone."""
