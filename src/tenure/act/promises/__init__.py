"""What offers promised beside a price: owed in time, handed over, or given back."""
