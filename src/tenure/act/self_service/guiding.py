"""What a customer found out by the guide, kept once; a ticket where a person goes on (AI-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.records.journal.actions import Fact, append
from tenure.records.service.actions import open_ticket
from tenure.records.service.models import Ticket
from tenure.records.service.rules import Request
from tenure.strategy.guide import Answer, End, Step

SOURCE = "guide"
_SUBJECT_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Walked:
    """A way through the guide to its end, as its numbers and as what was asked and answered."""

    way: Sequence[int]
    told: Sequence[tuple[Step, Answer]]
    end: End
    language: str

    @property
    def subject(self) -> str:
        """What was answered, for whoever goes on; the end of it where it is long."""
        said = " · ".join(answer.says.say(self.language) for _, answer in self.told)
        return said[-_SUBJECT_LENGTH:]


@transaction.atomic
def end_guide(account_id: int, walked: Walked, *, on: date, at: datetime, by: str) -> Ticket | None:
    """Write down how it ended; the same way on the same day is the same, however often it is sent.

    Returns:
        The ticket by which a person takes it over; None where it is solved.
    """
    numbers = ".".join(map(str, walked.way))
    key = f"{SOURCE}:{account_id}:{on}:{numbers}"
    content = {
        "end": walked.end.id,
        "outcome": str(walked.end.outcome),
        "steps": [step.id for step, _ in walked.told],
        "answers": list(walked.way),
    }
    fact = Fact("guide.ended", on=on, account_id=account_id, content=content, once_key=key)
    append(fact, at=at, by=by)
    if walked.end.ticket is None:
        return None
    request = Request(
        account_id=account_id,
        source=SOURCE,
        external_id=key.removeprefix(f"{SOURCE}:"),
        kind=str(walked.end.ticket),
        opened_at=at,
        subject=walked.subject,
    )
    return open_ticket(request, on=on, at=at, by=by)
