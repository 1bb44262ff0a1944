"""What app stores tell of contracts, handed on by the seller's own server."""
