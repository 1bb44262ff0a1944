"""Customers who renew together for a better price, or get their money back."""
