"""Text messages: what they count as, in which approved words they leave, and by whom."""
