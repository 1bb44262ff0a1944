"""Gathers the ideas' models of this stage."""

from tenure.decide.decisions.approvals.models import Approval
from tenure.decide.decisions.models import BudgetEntry, Choosing, Decision
from tenure.decide.effects.models import Learning
from tenure.decide.guardrails.models import GuardBite
from tenure.decide.proposals.models import Proposal

__all__ = [
    "Approval",
    "BudgetEntry",
    "Choosing",
    "Decision",
    "GuardBite",
    "Learning",
    "Proposal",
]
