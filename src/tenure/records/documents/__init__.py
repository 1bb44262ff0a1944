"""Documents that customers keep: receipts, credit notes, invoice requests, the titles they use."""
