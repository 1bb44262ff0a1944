"""Many renewals of one customer as one purchase, for programs of the business."""
