"""What campaigns brought, against the customers whom the lot kept out of them."""
