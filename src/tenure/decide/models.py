"""Gathers the ideas' models of this stage."""

from tenure.decide.decisions.models import BudgetEntry, Choosing, Decision
from tenure.decide.effects.models import Learning
from tenure.decide.proposals.models import Proposal

__all__ = ["BudgetEntry", "Choosing", "Decision", "Learning", "Proposal"]
