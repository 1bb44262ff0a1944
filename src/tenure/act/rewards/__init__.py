"""Points follow the money: a payment earns them, a refund takes them back."""
