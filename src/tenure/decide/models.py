"""Gathers the ideas' models of this stage."""

from tenure.decide.decisions.models import BudgetEntry, Decision

__all__ = ["BudgetEntry", "Decision"]
