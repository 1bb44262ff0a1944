"""Intake speaks SQL of its own: what it says is tested on both databases."""

from tests.records.conftest import either_database, postgres_with_tables

__all__ = ["either_database", "postgres_with_tables"]
