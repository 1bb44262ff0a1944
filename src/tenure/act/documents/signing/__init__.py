"""Seals on contracts: PAdES by a key of this installation, or by a connected service (R-I-021)."""
