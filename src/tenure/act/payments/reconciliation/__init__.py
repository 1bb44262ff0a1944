"""Comparing our books with the providers' bills, day by day (R-Y-080 … R-Y-083)."""
