"""Payments, and later invoices, refunds and mandates."""
