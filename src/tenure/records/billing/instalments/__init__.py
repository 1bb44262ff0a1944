"""A price paid in parts: what is due when, what was paid, and what the customer may still use."""
