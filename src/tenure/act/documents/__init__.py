"""Documents as the customer holds them: receipts, e-invoices, contracts, and what proves them."""
