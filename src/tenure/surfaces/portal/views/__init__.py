"""One page each: what a customer sees, and what pressing its buttons does."""
