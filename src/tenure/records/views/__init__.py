"""Addresses of pages that somebody keeps: filters, order and columns, under a name."""
