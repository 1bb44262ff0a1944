"""Work that an alarm opens: health fell below the line, the risk rose; and what takes it away."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.kernel.clock import today
from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.records.jobs.models import Fill
from tenure.records.journal.actions import Fact, append_many
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.success.models import ToDo
from tenure.records.success.states import ToDoState
from tenure.strategy.journeys import ToDoKind

BATCH_SIZE = 500
# On the first scored day nobody has fallen yet: everybody below the line is simply found there.
# Only whose end is this near is worked on at once.
NEAR_DAYS = 30
_MONTHS = 12
_FILLS_OF = {"health.fell": "health", "risk.rose": "risks"}
_FELL = Sentence(
    zh="健康分降到 {score}，低于介入线 {line}",
    en="health fell to {score}, below the line of {line}",
)
_ROSE = Sentence(
    zh="不续费概率升到 {percent}%（第 {band} 档，共 4 档）",
    en="the probability of not renewing rose to {percent} %, band {band} of 4",
)


def care_for_fallen(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """One piece of work for each fall of health; the next only after a recovery (HLT-01)."""
    return _care(entries, ToDoKind.HEALTH, entry_fills=_FILLS_OF["health.fell"], at=at, by=by)


def warn_of_risk(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """Tell the owner of a term that its risk rose, with the reasons (HLT-02)."""
    return _care(entries, ToDoKind.HEALTH, entry_fills=_FILLS_OF["risk.rose"], at=at, by=by)


def for_plays(entries: Sequence[Entry], *, at: datetime) -> Mapping[date, list[int]]:
    """The terms of whose alarms no person is told, by the day of the alarm (PRD-04).

    On the first scored day nobody has fallen and no risk rose: nobody is found here.
    """
    strategy = current()
    desk = Desk(strategy, today(strategy.business.zone, at), at)
    found: defaultdict[date, list[int]] = defaultdict(list)
    for batch in batched(entries, BATCH_SIZE):
        named = {entry.term_id for entry in batch if entry.term_id is not None}
        told = set(
            _told_of(Term.objects.filter(pk__in=named), desk=desk).values_list("pk", flat=True)
        )
        for entry in batch:
            if entry.term_id in named - told:
                found[entry.on].append(entry.term_id)
    return {
        on: terms for on, terms in found.items() if not _is_first(_FILLS_OF[entries[0].kind], on=on)
    }


def drop_work(
    term_ids: Collection[int], *, at: datetime, by: str = "loop", of_journey: str = ""
) -> int:
    """Drop open work on terms that were renewed or are over; how many pieces.

    With `of_journey`, only what that journey or play opened.
    """
    return sum(
        _drop(batch, at=at, by=by, of_journey=of_journey)
        for batch in batched(sorted(term_ids), BATCH_SIZE)
    )


def _care(
    entries: Sequence[Entry], kind: ToDoKind, *, entry_fills: str, at: datetime, by: str
) -> int:
    strategy = current()
    on = today(strategy.business.zone, at)
    desk = Desk(strategy.at(on), on, at, by)
    opened = 0
    for batch in batched(entries, BATCH_SIZE):
        terms = _workable({entry.term_id for entry in batch if entry.term_id}, desk=desk)
        opened += open_todos(_wanted(batch, kind, terms=terms, entry_fills=entry_fills), desk=desk)
    return opened


def _workable(term_ids: Collection[int], *, desk: Desk) -> Mapping[int, date]:
    """Term → its end, for those that run, that nobody holds out and nobody looks after already."""
    held_out = desk.strategy.experiments.holdout_below
    looked_after = ToDo.objects.filter(
        term=OuterRef("pk"), kind=ToDoKind.HEALTH, state=ToDo.State.OPEN
    )
    terms = Term.objects.filter(
        ~Exists(looked_after),
        pk__in=term_ids,
        state__in=("running", "grace"),
        account__holdout_bucket__gte=held_out,
    )
    return dict(_told_of(terms, desk=desk).values_list("pk", "ends_on"))


def _told_of(terms: QuerySet[Term], *, desk: Desk) -> QuerySet[Term]:
    """Those of whose alarms a person is told: near their end, worth much, or somebody's own."""
    routing = desk.strategy.routing
    lines = None if routing is None else routing.alarms
    if lines is None:
        return terms
    beyond = F("price_minor") * _MONTHS - F("cycle_months") * lines.value.amount_minor
    return terms.alias(beyond=beyond).filter(
        Q(ends_on__lte=desk.on + timedelta(days=lines.within_days))
        | Q(beyond__gte=0)
        | ~Q(subscription__owner_name="")
    )


def _wanted(
    entries: Sequence[Entry], kind: ToDoKind, *, terms: Mapping[int, date], entry_fills: str
) -> Iterator[Wanted]:
    first_days = {on: _is_first(entry_fills, on=on) for on in {entry.on for entry in entries}}
    for entry in entries:
        if entry.term_id is None or entry.account_id is None or entry.term_id not in terms:
            continue
        is_near = terms[entry.term_id] <= entry.on + timedelta(days=NEAR_DAYS)
        if is_near or not first_days[entry.on]:
            yield Wanted(
                kind,
                account_id=entry.account_id,
                term_id=entry.term_id,
                once_key=f"{entry.kind}:{entry.term_id}:{entry.on}",
                why=_why(entry.kind, entry.content),
            )


def _why(kind: str, content: Mapping[str, Any]) -> Sentence:
    if kind == "health.fell":
        return _FELL.fill(score=content["score"], line=content["line"])
    return _ROSE.fill(percent=f"{content['p_lapse'] * 100:.0f}", band=content["band"])


def _is_first(entry: str, *, on: date) -> bool:
    """Whether nothing of this kind was filled on an earlier day."""
    return not Fill.objects.filter(entry=entry, day__lt=day_number(on)).exists()


@transaction.atomic
def _drop(term_ids: Sequence[int], *, at: datetime, by: str, of_journey: str = "") -> int:
    # What was promised is handed over also when the term that earned it is over.
    work = ToDo.objects.filter(term__in=term_ids).exclude(kind=ToDoKind.FULFIL)
    if of_journey:
        work = work.filter(once_key__contains=f":{of_journey}:")
    return _close(work, ToDoState.DROPPED, at=at, by=by)


@transaction.atomic
def close_named(prefix: str, state: ToDoState, *, at: datetime, by: str) -> int:
    """Close the open to-dos whose keys begin with a prefix; how many."""
    return _close(ToDo.objects.filter(once_key__startswith=prefix), state, at=at, by=by)


def _close(work: QuerySet[ToDo], state: ToDoState, *, at: datetime, by: str) -> int:
    """The only writer of the state of many to-dos."""
    open_work = work.select_for_update().filter(state=ToDo.State.OPEN)
    rows = list(open_work.values_list("pk", "account_id", "term_id", "term__state"))
    ToDo.objects.filter(pk__in=[pk for pk, _, _, _ in rows]).update(state=state, closed_at=at)
    on = today(current().business.zone, at)
    facts = [
        Fact(
            f"todo.{state}",
            on=on,
            account_id=account,
            term_id=term,
            content={"todo": pk, "reason": term_state},
        )
        for pk, account, term, term_state in rows
    ]
    append_many(facts, at=at, by=by)
    return len(rows)
