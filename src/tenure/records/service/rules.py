"""What is told about a fault and about a customer's ticket, and what cannot be."""

from dataclasses import dataclass
from datetime import datetime

from tenure.kernel.failures import Refusal, Sentence

FAULT, RENEWAL = "fault", "renewal"
HIGH = "high"


class EndsBeforeItBegan(Refusal):
    """Something is said to be over before it began."""

    code = "ends_before_it_began"
    said = Sentence(
        zh="{what} 开始于 {began_at}，不可能在 {ended_at} 结束；请更正其中一个时间。",
        en="{what} began at {began_at} and cannot have ended at {ended_at}; correct one of them.",
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a node, as the network's own system tells it."""

    node_id: int
    source: str
    external_id: str
    title_zh: str
    title_en: str
    started_at: datetime
    severity: str = "major"
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A customer's request or complaint, as the desk tells it."""

    account_id: int
    source: str
    external_id: str
    kind: str
    opened_at: datetime
    subscription_id: int | None = None
    subject: str = ""
    priority: str = ""


def priority_of(kind: str, given: str) -> str:
    """What the desk said; a question about renewing is looked at first (TCK-01)."""
    return given or (HIGH if kind == RENEWAL else "")


def check_order(what: str, *, began_at: datetime, ended_at: datetime) -> None:
    """Refuse an end before the beginning.

    Raises:
        EndsBeforeItBegan
    """
    if ended_at < began_at:
        raise EndsBeforeItBegan(
            what=what,
            began_at=began_at.isoformat(timespec="minutes"),
            ended_at=ended_at.isoformat(timespec="minutes"),
        )
