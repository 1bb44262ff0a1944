"""Definitions, arms, the permanent holdout and assignments."""
