"""Read the outbox: what was sent, what was not and why, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Count, F, Func, IntegerField, QuerySet, Subquery

from tenure.act.channels.registry import carried
from tenure.act.messages.batches import Round, judge
from tenure.act.messages.reasons import told
from tenure.act.messages.rules import Fate
from tenure.act.messages.usage import usage_of
from tenure.kernel.clock import today
from tenure.kernel.failures import Sentence
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.strategy.messages import slots_of
from tenure.strategy.sections import Strategy

_SWITCH = ("sending.stopped", "sending.resumed")
_OF_USE = frozenset({"benefits", "usage_gb", "active_days"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One message of the outbox with its reason in words; `why` is None where it simply went."""

    message: Message
    why: Sentence | None


@dataclass(frozen=True, slots=True)
class Radius:
    """How far the next round of sending reaches, before anything leaves."""

    messages: int
    customers: int
    by_step: Sequence[tuple[str, str, str, int]]  # journey, step, class, messages; most first


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of a waiting message if it were sent at an instant."""

    message: Message
    subject: str
    body: str
    fate: Fate
    why: Sentence | None
    until: datetime | None


def is_stopped() -> bool:
    """Whether all sending is switched off."""
    turned = Entry.objects.filter(kind__in=_SWITCH).order_by("-at", "-pk")
    return turned.values_list("kind", flat=True).first() == "sending.stopped"


def radius(*, until: datetime) -> Radius:
    """Whatever waits and may leave by an instant; each is judged once more when it leaves."""
    waiting = Message.objects.filter(state=MessageState.PLANNED, send_after__lte=until)
    named = ("journey", "step", "message_class")
    # One question: the number of customers stands beside each row.
    customers = Func(F("account_id"), template="COUNT(DISTINCT %(expressions)s)")
    everybody = waiting.order_by().annotate(n=customers).values("n")
    of = Subquery(everybody, output_field=IntegerField())
    steps = waiting.values(*named).annotate(n=Count("pk"), of=of)
    found = list(steps.order_by("-n", "journey", "step").values_list(*named, "n", "of"))
    rows = tuple((journey, step, kind, n) for journey, step, kind, n, _ in found)
    return Radius(sum(row[3] for row in rows), found[0][4] if found else 0, rows)


def outbox(*, state: str = "", account_id: int | None = None, limit: int = 50) -> list[Shown]:
    """The newest messages, sent or not, with why."""
    found: QuerySet[Message] = Message.objects.select_related("account", "person")
    if state:
        found = found.filter(state=state)
    if account_id is not None:
        found = found.filter(account_id=account_id)
    strategy = current()
    return [
        Shown(message, told(message.reason, strategy=strategy) if message.reason else None)
        for message in found.order_by("-pk")[:limit]
    ]


def foreseen(account_id: int, *, at: datetime) -> list[Foreseen]:
    """The waiting messages of an account, each written and judged as if it were sent at `at`."""
    strategy = current()
    on = today(strategy.business.zone, at)
    strategy = strategy.at(on)
    waiting = {
        one.pk: one
        for one in Message.objects.filter(
            account_id=account_id, state=MessageState.PLANNED
        ).order_by("send_after", "pk")
    }
    usage = usage_of([account_id] if waiting else [], on=on)
    return [
        Foreseen(
            message=waiting[one.pk],
            subject=one.text.subject,
            body=one.text.body,
            fate=one.verdict.fate,
            why=told(one.verdict.reason, strategy=strategy) if one.verdict.reason else None,
            until=one.verdict.until,
        )
        for one in judge(list(waiting), round_=Round(strategy, at, on, usage, carried=carried()))
    ]


def speaks_of_use(strategy: Strategy) -> list[str]:
    """The messages whose texts say how much, or what, a customer used."""
    return sorted(_speaking(strategy))


@lru_cache(maxsize=16)
def _speaking(strategy: Strategy) -> frozenset[str]:
    return frozenset(
        template.id
        for template in strategy.messages.values()
        for rendering in template.renderings.values()
        if slots_of(rendering.body.zh + rendering.body.en) & _OF_USE
    )
