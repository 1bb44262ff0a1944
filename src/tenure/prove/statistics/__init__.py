"""Chance, measured: groups, intervals, sizes. Published formulas only, each with its vector."""
