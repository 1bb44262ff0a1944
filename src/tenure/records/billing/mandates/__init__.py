"""Leave to deduct: the customer's own consent, and the mandate at a provider that rests on it."""
