"""Tenure: a self-hosted renewal engine."""
