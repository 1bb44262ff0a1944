"""When a day's choices need a second person, and what may become of the question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tenure.decide.decisions.approvals.models import Approval
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle


class ApprovalVerb(StrEnum):
    """What may happen to choices that wait."""

    APPROVE = "be approved"
    REJECT = "be rejected"
    EXPIRE = "expire"


_STATE = Approval.State
APPROVAL = Lifecycle(
    {
        (_STATE.WAITING, ApprovalVerb.APPROVE): _STATE.APPROVED,
        (_STATE.WAITING, ApprovalVerb.REJECT): _STATE.REJECTED,
        (_STATE.WAITING, ApprovalVerb.EXPIRE): _STATE.EXPIRED,
    },
    name="approval",
    start=_STATE.WAITING,
)


class SecondPersonNeeded(Refusal):
    """Whose strategy chose cannot be the one who agrees."""

    code = "choices_second_person"
    said = Sentence(
        zh="这些选择来自您应用的策略，超过一人可承诺的金额；请另一位有权限的同事批准。",
        en="These choices come from the strategy that you applied, and are above what one person "
        "commits; ask a colleague to approve them.",
    )


class TooLate(Refusal):
    """The last day for deciding is over."""

    code = "choices_too_late"
    said = Sentence(
        zh="{expires_on} 是批准的最后一天，已经过去；这些选择不再执行。",
        en="The last day for approving was {expires_on}; these choices are not carried out.",
    )


@dataclass(frozen=True, slots=True)
class Costly:
    """One choice that is paid from the budget."""

    account_id: int
    term_id: int
    action: str
    cost_minor: int
    most_minor: int


def reach_of(choices: Iterable[Costly]) -> dict[str, Any]:
    """How far some choices go: customers, terms, and each action with its count and its cost.

    Args:
        choices: what is paid from the budget.
    Returns:
        `customers`, `terms`, `cost_minor`, `most_minor`, and `actions`, by action the same.
    """
    found = list(choices)
    actions: dict[str, dict[str, int]] = {}
    for one in found:
        row = actions.setdefault(one.action, {"count": 0, "cost_minor": 0, "most_minor": 0})
        row["count"] += 1
        row["cost_minor"] += one.cost_minor
        row["most_minor"] += one.most_minor
    return {
        "customers": len({one.account_id for one in found}),
        "terms": len({one.term_id for one in found}),
        "cost_minor": sum(one.cost_minor for one in found),
        "most_minor": sum(one.most_minor for one in found),
        "actions": actions,
    }


def needs_second(cost_minor: int, *, limit_minor: int) -> bool:
    """Whether so much in a day is more than one person commits (GRD-01)."""
    return cost_minor > limit_minor
