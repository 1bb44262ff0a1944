"""A synthetic business: who its customers are, what happens to them, and why they stay or leave."""
