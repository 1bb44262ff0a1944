"""Receipts and credit notes as European e-invoices: EN 16931 in CII, UBL and Factur-X (R-I-010)."""
