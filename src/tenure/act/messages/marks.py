"""Write down what became of messages: the rows, and the journal with them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from tenure.act.messages.addresses import Dead, bury
from tenure.act.messages.batches import Judged, Round
from tenure.act.messages.post import Handover
from tenure.act.messages.rules import Fate
from tenure.kernel.clock import monotonic_seconds
from tenure.records.among import among
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import update_rows

# How long a recipient's server that says "later" is left alone, attempt by attempt.
PAUSES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
SERVER_PAUSE = timedelta(minutes=15)
CLAIM = timedelta(minutes=10)
# A living sender says so this often; each time every message that waits is written.
KEPT_EVERY_SECONDS = 60.0
_COLUMNS = (
    "state", "reason", "subject", "body", "attempts", "send_after", "leased_until", "sent_at",
    "settled_at",
)  # fmt: skip
_STATES = {
    Fate.SEND: MessageState.SENT,
    Fate.DEFER: MessageState.PLANNED,
    Fate.SUPPRESS: MessageState.SUPPRESSED,
    Fate.FAIL: MessageState.FAILED,
    Fate.EXPIRE: MessageState.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of one judged message."""

    judged: Judged
    fate: Fate
    reason: str = ""
    until: datetime | None = None
    is_attempt: bool = False  # a server was asked
    code: str = ""
    kills_address: bool = False


def of_verdict(one: Judged) -> Mark:
    """The mark of a message that is not handed over."""
    assert one.verdict.fate is not Fate.SEND, "what is sent is marked by what the server said"
    return Mark(one, one.verdict.fate, one.verdict.reason, one.verdict.until)


def of_handover(one: Judged, said: Handover, *, code: str, at: datetime) -> Mark:
    """The mark of a message after a mail server spoke."""
    if said is Handover.ACCEPTED:
        return Mark(one, Fate.SEND, is_attempt=True, code=code)
    if said is Handover.DEAD:
        return Mark(one, Fate.FAIL, "bounced", is_attempt=True, code=code, kills_address=True)
    if said is Handover.REFUSED:
        return Mark(one, Fate.FAIL, "refused", is_attempt=True, code=code)
    attempts = one.candidate.row["attempts"]
    until = at + PAUSES[min(attempts, len(PAUSES) - 1)]
    if attempts >= len(PAUSES) or until >= one.candidate.standing.expires_at:
        return Mark(one, Fate.FAIL, "busy", is_attempt=True, code=code)
    return Mark(one, Fate.DEFER, "busy", until, is_attempt=True, code=code)


def waiting_for_server(one: Judged, *, at: datetime) -> Mark:
    """The mark of a message that no server would take: it keeps its place."""
    until = at + SERVER_PAUSE
    if until >= one.candidate.standing.expires_at:
        return Mark(one, Fate.EXPIRE, "mail_server_down")
    return Mark(one, Fate.DEFER, "mail_server_down", until)


def given_back(one: Judged, *, at: datetime) -> Mark:
    """The mark of a message that was about to leave when all sending was switched off."""
    return Mark(one, Fate.DEFER, "stopped", at)


@dataclass(slots=True)
class Claims:
    """A batch in the hands of its sender, by whatever ways it goes."""

    batch: Sequence[Judged]
    round_: Round
    kept_at_s: float = field(default_factory=monotonic_seconds)

    def keep(self) -> None:
        """Say now and then that the sender lives and is at work: nobody else takes what is left."""
        now_s = monotonic_seconds()
        if now_s - self.kept_at_s < KEPT_EVERY_SECONDS:
            return
        self.kept_at_s = now_s
        ids = [one.pk for one in self.batch]
        mine = Message.objects.filter(among("pk", ids), state=MessageState.SENDING)
        mine.update(leased_until=self.round_.moment + CLAIM)


@transaction.atomic
def write(marks: Sequence[Mark], *, round_: Round, by: str) -> None:
    """Store the marks with one journal entry for each message that is settled."""
    if not marks:
        return
    at = round_.at
    update_rows(Message, (_values(mark, at=at) for mark in marks), columns=_COLUMNS)
    for mark in marks:
        if mark.kills_address:
            bury(_dead(mark), on=round_.on, at=at, by=by)
    append_many(_facts(marks, round_=round_), at=at, by=by)


def _values(mark: Mark, *, at: datetime) -> tuple[object, ...]:
    row, waits = mark.judged.candidate.row, mark.fate is Fate.DEFER
    return (
        _STATES[mark.fate],
        mark.reason,
        mark.judged.kept.subject[:300],
        mark.judged.kept.body,
        row["attempts"] + mark.is_attempt,
        mark.until if waits else row["send_after"],
        None,
        at if mark.fate is Fate.SEND else None,
        None if waits or mark.fate is Fate.SEND else at,
        mark.judged.pk,
    )


def _dead(mark: Mark) -> Dead:
    row = mark.judged.candidate.row
    return Dead(row["account_id"], row["person_id"], row["channel"], row["address"], mark.code)


def _facts(marks: Iterable[Mark], *, round_: Round) -> Iterable[Fact]:
    for mark in marks:
        if mark.fate is Fate.DEFER:
            continue
        row = mark.judged.candidate.row
        content = {
            "message": mark.judged.pk,
            "journey": row["journey"],
            "step": row["step"],
            "template": row["template"],
            "channel": row["channel"],
        }
        if mark.reason:
            content["reason"] = mark.reason
        if mark.code:
            content["code"] = mark.code
        yield Fact(
            f"message.{_STATES[mark.fate]}",
            on=round_.on,
            account_id=row["account_id"],
            term_id=row["term_id"],
            content=content,
        )
