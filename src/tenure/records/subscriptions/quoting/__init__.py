"""What something would cost: baskets made from the records, priced by `billing.pricing`."""
