"""Estimators of effects on arrays, behind one protocol; seeded, without a database."""
