"""Intake speaks SQL of its own: what it says is tested on both databases."""
