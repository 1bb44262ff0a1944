"""Where other programs want to be told what happened, and what became of each telling."""
