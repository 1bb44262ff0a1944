"""Gathers the ideas' models of this stage."""

from tenure.decide.decisions.models import BudgetEntry, Choosing, Decision
from tenure.decide.effects.models import Learning

__all__ = ["BudgetEntry", "Choosing", "Decision", "Learning"]
