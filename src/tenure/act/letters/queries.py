"""Read what waits for the printer, and what became of letters."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from tenure.act.channels.letters import NAME
from tenure.act.channels.models import Carriage
from tenure.act.letters.models import LetterBatch, PrintedLetter
from tenure.act.letters.states import LetterState
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState


@dataclass(frozen=True, slots=True)
class Standing:
    """One batch with how many of its letters stand where."""

    batch: LetterBatch
    printed: int
    dropped: int
    returned: int


def waiting() -> QuerySet[Message]:
    """Letters that the sender let go and nobody printed yet, the oldest first."""
    taken = Carriage.objects.filter(provider=NAME, outcome=Carriage.Outcome.ACCEPTED)
    printed = PrintedLetter.objects.values("message")
    found = Message.objects.filter(channel=NAME, state=MessageState.SENT)
    return found.filter(pk__in=taken.values("message")).exclude(pk__in=printed).order_by("pk")


def batches(*, limit: int) -> Sequence[Standing]:
    """The newest batches."""

    def having(*states: LetterState) -> Count:
        return Count("letters", filter=Q(letters__state__in=states))

    rows = LetterBatch.objects.annotate(
        printed=having(LetterState.PRINTED, LetterState.HANDED_OVER, LetterState.RETURNED),
        dropped=having(LetterState.DROPPED),
        returned=having(LetterState.RETURNED),
    )
    return [
        Standing(one, one.printed, one.dropped, one.returned)
        for one in rows.order_by("-pk")[:limit]
    ]


def letters_of(batch: LetterBatch) -> Sequence[PrintedLetter]:
    """The letters of a batch that stand in its file, in its order."""
    rows = PrintedLetter.objects.filter(batch=batch).exclude(state=LetterState.DROPPED)
    return list(rows.select_related("message__person").order_by("place"))


def recent_returns(*, limit: int) -> Sequence[PrintedLetter]:
    """The letters that came back, the newest message first."""
    newest = Message.objects.filter(pk=OuterRef("message")).values("settled_at")[:1]
    rows = PrintedLetter.objects.filter(state=LetterState.RETURNED).annotate(at=Subquery(newest))
    return list(rows.select_related("message__account", "batch").order_by("-at", "-pk")[:limit])
