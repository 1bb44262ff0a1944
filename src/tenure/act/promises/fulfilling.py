"""From a promise to the thing itself: by ourselves where we can, else by somebody's work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from tenure.act.benefits.giving import given_row
from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.act.care.alarms import close_named
from tenure.decide.decisions.models import Decision
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.credits.actions import move_balance
from tenure.records.billing.credits.rules import Movement
from tenure.records.journal.models import Entry
from tenure.records.stock import actions as stock
from tenure.records.stock.models import Promise
from tenure.records.stock.states import OPEN, PromiseState
from tenure.records.strategies.queries import by_hash, current
from tenure.records.subscriptions.actions import NewBenefit, give
from tenure.records.subscriptions.benefits.rules import BenefitKind
from tenure.records.subscriptions.models import PeriodKind, Term
from tenure.records.success.models import ToDo
from tenure.records.success.states import ToDoState
from tenure.strategy.handed import Handed
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.offers import BY_HAND, OfferKind

_WHY = Sentence(zh="交付许诺的“{offer}”", en="hand over what was promised: {offer}")
_REASON = Sentence(zh="续费时许诺的优惠", en="promised with an offer for this renewal")
_NO_TERM = "no_term"


def fulfil_due(*, as_of: date, at: datetime, by: str = "loop") -> dict[str, int]:
    """Give back what nobody earned in time, and owe what was promised without a condition.

    Told again, nothing more. How many of each.
    """
    released = stock.release_over(as_of=as_of, at=at, by=by)
    waiting = Decision.objects.filter(outcome=Decision.Outcome.WAITING).values("pk")
    ready = Promise.objects.filter(state=PromiseState.HELD, at_once=True)
    ready = ready.exclude(decision_id__in=waiting)
    owed = _owe_all(ready.order_by("pk"), on=as_of, at=at, by=by)
    return {"released": released, "owed": owed}


def earn_with_terms(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """Terms were renewed: what was promised for that is owed. How many."""
    count, held = 0, Promise.objects.filter(state=PromiseState.HELD)
    for term, entry in _promised(entries, held):
        mine = held.filter(term_id=term).order_by("pk")
        count += _owe_all(mine, on=entry.on, at=at, by=by)
    return count


def release_with_terms(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """Terms are over without a next one, or a renewal was undone: what is open is given back."""
    count = 0
    # What was given without a condition is owed whatever becomes of the term.
    open_ = Promise.objects.filter(state__in=OPEN, at_once=False)
    for term, entry in _promised(entries, open_):
        why = entry.kind.partition(".")[2]
        promised = list(open_.filter(term_id=term).order_by("pk"))
        for one in promised:
            drop_work(one, at=at, by=by)
            stock.release(one.pk, why, on=entry.on, at=at, by=by)
        count += len(promised)
    return count


def _promised(entries: Sequence[Entry], promises: QuerySet[Promise]) -> list[tuple[int, Entry]]:
    """Term and entry, of terms that have one of the promises: with most nothing was promised."""
    about = [(entry.term_id, entry) for entry in entries if entry.term_id is not None]
    some = promises.filter(term_id__in={term for term, _ in about})
    named = set(some.values_list("term_id", flat=True))
    return [(term, entry) for term, entry in about if term in named]


def refuse_with_calls(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """A customer said no on the telephone: what was held for it is given back. How many."""
    refused = [one for one in entries if one.content.get("outcome") == "refused"]
    todos = {one.content["todo"]: one for one in refused}
    named = ToDo.objects.filter(pk__in=todos, decision_id__isnull=False)
    by_decision = {decision: todos[pk] for pk, decision in named.values_list("pk", "decision_id")}
    held = Promise.objects.filter(decision_id__in=by_decision, state=PromiseState.HELD)
    for one in held.order_by("pk"):
        assert one.decision_id is not None, "they were found by their decision"
        entry = by_decision[one.decision_id]
        stock.release(one.pk, "refused", on=entry.on, at=at, by=by)
    return len(by_decision)


def _owe_all(promises: Iterable[Promise], *, on: date, at: datetime, by: str) -> int:
    count = 0
    for one in list(promises):
        fulfil(one.pk, on=on, at=at, by=by)
        count += 1
    return count


@transaction.atomic
def fulfil(promise_id: int, *, on: date, at: datetime, by: str) -> Promise:
    """Owe it, and hand it over at once where no person is needed; told again, nothing more."""
    one = Promise.objects.get(pk=promise_id)
    handed = handed_of(one)
    due_on = stock.due_day(handed.within_days, on=on)
    owed = stock.owe(one.pk, due_on=due_on, on=on, at=at, by=by)
    if owed.state != PromiseState.OWED:
        return owed
    if owed.kind in BY_HAND:
        open_work(owed, at=at, by=by)
        return owed
    return _give(owed, handed, on=on, at=at, by=by)


def handed_of(one: Promise) -> Handed:
    """What the strategy that promised it says of it."""
    offer = by_hash(one.strategy_hash).at(one.promised_on).offers[one.offer_id]
    assert offer.handed is not None, "only what is handed over is promised"
    return offer.handed


def open_work(one: Promise, *, at: datetime, by: str) -> int:
    """Somebody's to-do for what only people can hand over; once for each time that it is owed.

    Its key counts the earlier ones that are closed, so whoever calls twice opens one.
    """
    strategy, handed = current(), handed_of(one)
    on = one.owed_on or one.promised_on
    mine = ToDo.objects.filter(once_key__startswith=f"promise:{one.pk}:")
    closed = mine.exclude(state=ToDo.State.OPEN)
    wanted = Wanted(
        ToDoKind.FULFIL,
        one.account_id,
        one.term_id,
        f"promise:{one.pk}:{closed.count()}",
        owner_name=handed.team.say(strategy.business.language) if handed.team else "",
        why=_WHY.fill(offer=one.name),
    )
    return open_todos([wanted], desk=Desk(strategy.at(on), on, at, by))


def drop_work(one: Promise, *, at: datetime, by: str, is_done: bool = False) -> int:
    """Close the to-dos about a promise: done, or dropped where it is given back."""
    state = ToDoState.DONE if is_done else ToDoState.DROPPED
    return close_named(f"promise:{one.pk}:", state, at=at, by=by)


def _give(one: Promise, handed: Handed, *, on: date, at: datetime, by: str) -> Promise:
    """Switch it on, or put it on the balance; what cannot be given fails with its reason."""
    term = _term_of(one, on=on)
    if term is None:
        return stock.fail(one.pk, _NO_TERM, on=on, at=at, by=by)
    try:
        with transaction.atomic():
            if handed.credit is not None:
                _credit(one, handed.credit, on=on, at=at, by=by)
            else:
                give(_benefit(one, handed, term, on=on), at=at, by=by)
    except Refusal as refusal:
        return stock.fail(one.pk, refusal.code, on=on, at=at, by=by)
    return stock.finish(one.pk, on=on, at=at, by=by)


def _credit(one: Promise, amount: Money, *, on: date, at: datetime, by: str) -> None:
    move_balance(
        Movement(one.account_id, amount, "goodwill", on, f"promise:{one.pk}"), at=at, by=by
    )


def _term_of(one: Promise, *, on: date) -> Term | None:
    """The term on which something is given: the one that runs, or the renewed one's next."""
    term = Term.objects.get(pk=one.term_id)
    if one.at_once and term.renewed_on is None:
        return term
    after = Term.objects.filter(
        subscription_id=term.subscription_id, number=term.number + 1, reversed_on=None
    )
    return after.first()


def _benefit(one: Promise, handed: Handed, term: Term, *, on: date) -> NewBenefit:
    starts_on = on if one.at_once else max(term.starts_on, on)
    is_repair = one.kind == OfferKind.MAKE_UP
    days = handed.days or max((term.ends_on - starts_on).days, 1)
    return NewBenefit(
        term=term,
        kind=BenefitKind.MAKE_UP if is_repair else BenefitKind.OFFER,
        rule_id=one.offer_id,
        name=one.name,
        reason=_REASON,
        period=Period(starts_on, starts_on + timedelta(days=days)),
        on=on,
        once_key=f"promise:{one.pk}",
        worth_minor=one.cost_minor,
        holds=None if is_repair else PeriodKind.OFFER,
        gives=[given_row(each) for each in handed.gives],
    )
