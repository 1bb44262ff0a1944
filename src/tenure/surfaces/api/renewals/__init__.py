"""Quotes, orders, payments and cancellations for programs of the business."""
