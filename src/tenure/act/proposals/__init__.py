"""Personal plans that a person approved, told to the customer on their day."""
