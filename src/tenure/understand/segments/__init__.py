"""Whom something is for: rules read on everyone, on one customer, and how many each step leaves."""
