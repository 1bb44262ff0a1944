"""Letters on paper: what waits is printed in batches, brought to the post, and may come back."""
