"""Which plan fits a customer, by how they use the one they have."""
