"""What each provider here did in the last day, for whoever looks after them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max

from tenure.act.channels.models import Carriage, Rest, StaffNotice
from tenure.act.channels.registry import mouths
from tenure.act.channels.rests import resting
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState

DAY: Final = timedelta(hours=24)
_TAKEN: Final = (
    Carriage.Outcome.ACCEPTED,
    Carriage.Outcome.DELIVERED,
    Carriage.Outcome.FAILED,
)


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: what it took in a day, what came of it, and what waits for it."""

    name: str
    way: str  # empty: it reaches the business's own people
    per_second: float
    taken: int
    delivered: int
    refused: int
    in_doubt: int
    waiting: int  # messages of its way that wait because a provider is down or is paced
    last_code: str
    rest: Rest | None = None  # it is left alone now, and why


def providers(*, at: datetime) -> Sequence[Provider]:
    """Every configured provider, in the order in which they are asked.

    Raises:
        BadChannelSettings: a provider's settings lack something.
    """
    carried, said = _carried(at), _said(at)
    waiting, left_alone, codes = _waiting(), resting(at), _last_codes()
    found = []
    for name, mouth in mouths().items():
        way = str(mouth.channel.way or "")
        counts = carried[name] if way else said[name]
        found.append(
            Provider(
                name=name,
                way=way,
                per_second=mouth.channel.limits.per_second,
                taken=sum(counts[one] for one in _TAKEN) + counts[StaffNotice.Outcome.SENT],
                delivered=counts[Carriage.Outcome.DELIVERED],
                refused=counts[Carriage.Outcome.REFUSED] + counts[Carriage.Outcome.FAILED],
                in_doubt=counts[Carriage.Outcome.IN_DOUBT],
                waiting=waiting[way] if way else counts[StaffNotice.Outcome.WAITING],
                last_code=codes.get(name, ""),
                rest=left_alone.get(name),
            )
        )
    return found


def _carried(at: datetime) -> defaultdict[str, Counter[str]]:
    rows = Carriage.objects.filter(opened_at__gt=at - DAY)
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, outcome, count in rows.values_list("provider", "outcome").annotate(n=Count("pk")):
        found[name][outcome] = count
    return found


def _said(at: datetime) -> defaultdict[str, Counter[str]]:
    rows = StaffNotice.objects.filter(written_at__gt=at - DAY)
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, outcome, count in rows.values_list("channel", "outcome").annotate(n=Count("pk")):
        found[name][outcome] = count
    return found


def _waiting() -> Counter[str]:
    held = ("channel_down", "throttled")
    rows = Message.objects.filter(state=MessageState.PLANNED, reason__in=held)
    return Counter(dict(rows.values_list("channel").annotate(n=Count("pk"))))


def _last_codes() -> dict[str, str]:
    """The last thing that went wrong at each provider, in its own code."""
    bad = (Carriage.Outcome.REFUSED, Carriage.Outcome.FAILED, Carriage.Outcome.IN_DOUBT,
           Carriage.Outcome.RETURNED)  # fmt: skip
    rows = Carriage.objects.filter(outcome__in=bad).exclude(code="")
    last = rows.order_by().values("provider").annotate(last=Max("pk")).values("last")
    return dict(Carriage.objects.filter(pk__in=last).values_list("provider", "code"))
