"""What the person who knows a customer thinks of a renewal, kept beside what the model said."""
