"""Runs, leases, and what of the warehouse is filled."""
