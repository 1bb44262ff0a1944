"""Print what waits, say that it was brought to the post, and take back what came back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction

from tenure.act.channels.channel import Report
from tenure.act.channels.letters import NAME, number_of
from tenure.act.letters.models import LetterBatch, PrintedLetter
from tenure.act.letters.queries import waiting
from tenure.act.letters.rules import (
    LETTER,
    RETURNS,
    LetterVerb,
    NoSuchLetter,
    NothingToPrint,
    batch_number,
    letter_number,
    parts_of,
)
from tenure.act.letters.states import LetterState
from tenure.act.messages.facts import candidates
from tenure.act.messages.hearing import take_reports
from tenure.act.messages.rules import Fate, verdict
from tenure.records.contacts.models import Message
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import current

#: So many letters one batch holds; what is left waits for the next.
MOST_LETTERS: Final = 500
_COLUMNS: Final = ("batch_id", "message_id", "place", "state", "reason")
#: Another address of the same person may be right; whoever refuses is still there.
_DEAD: Final = frozenset(RETURNS) - {"refused"}


@transaction.atomic
def print_waiting(*, on: date, at: datetime, by: str) -> LetterBatch:
    """Close the queue into a batch; what is no longer true is dropped with its reason.

    Days may lie between the sender's judgement and the printer, so each is judged once more:
    whoever renewed, cancelled or took leave back meanwhile gets no letter.

    Raises:
        NothingToPrint: no letter waits.
    """
    list(LetterBatch.objects.select_for_update().order_by("-pk")[:1])
    found = list(waiting().select_for_update(of=("self",))[:MOST_LETTERS])
    if not found:
        raise NothingToPrint()
    number = batch_number(on, LetterBatch.objects.filter(on=on).count() + 1)
    batch = LetterBatch.objects.create(number=number, on=on, printed_at=at)
    stale = _stale(found, on=on, at=at)
    places = {one.pk: place for place, one in enumerate(found, start=1)}
    rows = (
        (
            batch.pk,
            one.pk,
            places[one.pk],
            LetterState.DROPPED if one.pk in stale else LetterState.PRINTED,
            stale.get(one.pk, ""),
        )
        for one in found
    )
    insert_rows(PrintedLetter, rows, columns=_COLUMNS)
    take_reports(NAME, [_dropped(pk, why, at=at) for pk, why in stale.items()], at=at)
    content = {"batch": number, "letters": len(found) - len(stale), "dropped": len(stale)}
    append(Fact("letters.printed", on=on, content=content), at=at, by=by)
    return batch


@transaction.atomic
def hand_over(batch_id: int, *, carrier: str, on: date, at: datetime, by: str) -> LetterBatch:
    """Say that a batch was brought to the post; said again, nothing changes."""
    batch = LetterBatch.objects.select_for_update().get(pk=batch_id)
    if batch.handed_over_at is not None:
        return batch
    batch.handed_over_at, batch.carrier = at, carrier.strip()[:80]
    batch.save(update_fields=["handed_over_at", "carrier"])
    letters = PrintedLetter.objects.filter(batch=batch, state=LetterState.PRINTED)
    messages = list(letters.values_list("message", flat=True))
    after = LETTER.after(LetterState.PRINTED, LetterVerb.HAND_OVER)
    letters.update(state=after)
    Message.objects.filter(pk__in=messages).update(reason="")
    content = {"batch": batch.number, "letters": len(messages), "carrier": batch.carrier}
    append(Fact("letters.handed_over", on=on, content=content), at=at, by=by)
    return batch


@transaction.atomic
def take_back(number: str, reason: str, *, on: date, at: datetime, by: str) -> PrintedLetter:
    """The post brought a letter back: its step goes on by the next way (the failure edge).

    Where nobody is there any more the address is never used again; told again, nothing changes.

    Raises:
        NoSuchLetter: the number stands on no letter, or on one that never went to the post.
    """
    assert reason in RETURNS, "the page offers the known reasons"
    named = parts_of(number)
    rows = PrintedLetter.objects.select_for_update(of=("self",)).select_related("batch", "message")
    letter = rows.filter(batch__number=named[0], place=named[1]).first() if named else None
    if letter is None or letter.state in (LetterState.PRINTED, LetterState.DROPPED):
        raise NoSuchLetter(number=number.strip()[:40])
    if letter.state == LetterState.RETURNED:
        return letter
    _came_back(letter, reason)
    report = Report(
        event_id=f"{number_of(letter.message_id)}:returned",
        outcome="failed",
        at=at,
        provider_id=number_of(letter.message_id),
        code=reason,
        is_dead=reason in _DEAD,
    )
    take_reports(NAME, [report], at=at)
    known = letter_number(letter.batch.number, letter.place)
    fact = Fact(
        "letter.returned",
        on=on,
        account_id=letter.message.account_id,
        term_id=letter.message.term_id,
        content={"letter": known, "reason": reason, "message": letter.message_id},
    )
    append(fact, at=at, by=by)
    return letter


def _came_back(letter: PrintedLetter, reason: str) -> None:
    letter.state = LETTER.after(LetterState(letter.state), LetterVerb.RETURN)
    letter.reason = reason
    letter.save(update_fields=["state", "reason"])


def _stale(found: Sequence[Message], *, on: date, at: datetime) -> dict[int, str]:
    """Message → why its letter is no longer to be printed."""
    strategy = current().at(on)
    stale = {}
    for one in candidates([message.pk for message in found], strategy=strategy, at=at):
        said = verdict(one.kind, one.standing, past=(), contact=strategy.contact, at=at)
        if said.fate in (Fate.SUPPRESS, Fate.EXPIRE, Fate.FAIL):
            stale[int(one.row["pk"])] = said.reason
    return stale


def _dropped(message_id: int, why: str, *, at: datetime) -> Report:
    number = number_of(message_id)
    return Report(f"{number}:dropped", "failed", at, provider_id=number, code=why)
