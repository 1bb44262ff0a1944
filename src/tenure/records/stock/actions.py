"""Set aside, owe, hand over, give back: the only writers of stocks and promises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from tenure.records.journal.actions import Fact, append
from tenure.records.stock.models import Promise, Stock
from tenure.records.stock.rules import (
    PROMISE,
    FewerThanPromised,
    NoneLeft,
    PromiseVerb,
    period_of,
)
from tenure.records.stock.states import PromiseState
from tenure.strategy.handed import When
from tenure.strategy.offers import Offer


@dataclass(frozen=True, slots=True)
class NewPromise:
    """What is to be promised, to whom, and until when they may earn it."""

    offer: Offer
    account_id: int
    term_id: int
    expires_on: date
    strategy_hash: str
    once_key: str
    decision_id: int | None = None
    replaces_id: int | None = None


@transaction.atomic
def lock_stock(
    offers: Iterable[Offer], *, on: date, at: datetime, by: str = "loop"
) -> dict[str, int]:
    """What is left of each limited stock; nobody else takes from it until this transaction ends."""
    found = {}
    for offer in sorted(offers, key=lambda one: one.id):
        if offer.handed is not None and offer.handed.stock is not None:
            stock = _stock_of(offer, on=on, at=at, by=by)
            assert stock is not None, "a limited offer has a stock"
            stock = Stock.objects.select_for_update().get(pk=stock.pk)
            found[offer.id] = stock.total - stock.taken
    return found


def _stock_of(offer: Offer, *, on: date, at: datetime, by: str) -> Stock | None:
    """The stock that a promise of a day draws from, made with what the strategy says."""
    handed = offer.handed
    assert handed is not None, "only what is handed over has a stock"
    if handed.stock is None:
        return None
    period_on = period_of(on, is_monthly=handed.is_monthly)
    stock, is_new = Stock.objects.get_or_create(
        offer_id=offer.id, period_on=period_on, defaults={"total": handed.stock}
    )
    if is_new:
        content = {"offer": offer.id, "period": str(period_on), "total": stock.total}
        append(Fact("stock.opened", on=on, content=content), at=at, by=by)
    return stock


@transaction.atomic
def promise(new: NewPromise, *, on: date, at: datetime, by: str) -> Promise:
    """Set one aside for a customer; under the same key again, the same one.

    Raises:
        NoneLeft: every one is promised.
    """
    offer, handed = new.offer, new.offer.handed
    assert handed is not None, "a price is decided, and not promised here"
    there = Promise.objects.filter(once_key=new.once_key).first()
    if there is not None:
        return there
    stock = _stock_of(offer, on=on, at=at, by=by)
    made, is_new = Promise.objects.get_or_create(
        once_key=new.once_key,
        defaults={
            "account_id": new.account_id,
            "term_id": new.term_id,
            "stock": stock,
            "offer_id": offer.id,
            "kind": offer.kind,
            "name_zh": offer.name.zh,
            "name_en": offer.name.en,
            "cost_minor": handed.cost.amount_minor,
            "currency": handed.cost.currency,
            "at_once": handed.when is When.AT_ONCE,
            "decision_id": new.decision_id,
            "replaces_id": new.replaces_id,
            "strategy_hash": new.strategy_hash,
            "state": PROMISE.start,
            "promised_on": on,
            "expires_on": new.expires_on,
            "recorded_at": at,
        },
    )
    if is_new:
        # The row stands before the stock is asked: two with one key never take two.
        if stock is not None:
            _take(stock, offer)
        append(_about("promise.made", made, on=on), at=at, by=by)
    return made


def _take(stock: Stock, offer: Offer) -> None:
    left = Stock.objects.filter(pk=stock.pk, taken__lt=F("total"))
    if not left.update(taken=F("taken") + 1):
        stock.refresh_from_db(fields=["total"])
        raise NoneLeft(offer=offer.name, total=stock.total)


@transaction.atomic
def owe(promise_id: int, *, due_on: date, on: date, at: datetime, by: str) -> Promise:
    """The customer did their part; told again, nothing changes.

    Raises:
        IllegalMove: it was given back.
    """
    found = Promise.objects.select_for_update().get(pk=promise_id)
    if found.state in (PromiseState.OWED, PromiseState.DONE, PromiseState.FAILED):
        return found
    return _move(found, PromiseVerb.OWE, on=on, at=at, by=by, owed_on=on, due_on=due_on)


@transaction.atomic
def finish(promise_id: int, *, on: date, at: datetime, by: str) -> Promise:
    """It was handed over; told again, nothing changes.

    Raises:
        IllegalMove: it is not owed.
    """
    found = Promise.objects.select_for_update().get(pk=promise_id)
    if found.state == PromiseState.DONE:
        return found
    return _move(found, PromiseVerb.FINISH, on=on, at=at, by=by, closed_on=on, why="")


@transaction.atomic
def fail(promise_id: int, why: str, *, on: date, at: datetime, by: str) -> Promise:
    """It could not be handed over, and is still owed; told again, nothing changes.

    Raises:
        IllegalMove: it is not owed.
    """
    found = Promise.objects.select_for_update().get(pk=promise_id)
    if found.state == PromiseState.FAILED:
        return found
    return _move(found, PromiseVerb.FAIL, on=on, at=at, by=by, why=why[:40])


@transaction.atomic
def try_again(promise_id: int, *, due_on: date, on: date, at: datetime, by: str) -> Promise:
    """What failed is owed again by a day; told again, nothing changes.

    Raises:
        IllegalMove: it did not fail.
    """
    found = Promise.objects.select_for_update().get(pk=promise_id)
    if found.state == PromiseState.OWED:
        return found
    return _move(found, PromiseVerb.TRY_AGAIN, on=on, at=at, by=by, due_on=due_on, why="")


@transaction.atomic
def release(promise_id: int, why: str, *, on: date, at: datetime, by: str) -> Promise:
    """It is given back, and lies in the stock again; told again, nothing changes.

    Raises:
        IllegalMove: it was handed over.
    """
    found = Promise.objects.select_for_update().get(pk=promise_id)
    if found.state == PromiseState.RELEASED:
        return found
    moved = _move(found, PromiseVerb.RELEASE, on=on, at=at, by=by, closed_on=on, why=why[:40])
    if moved.stock_id is not None:
        Stock.objects.filter(pk=moved.stock_id, taken__gt=0).update(taken=F("taken") - 1)
    return moved


def release_all(
    found: Iterable[int], why: str, *, on: date, at: datetime, by: str
) -> Sequence[Promise]:
    """Give several back; each once."""
    return [release(one, why, on=on, at=at, by=by) for one in found]


def release_over(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """Give back what nobody earned in time; how many."""
    late = Promise.objects.filter(state=PromiseState.HELD, expires_on__lt=as_of)
    ids = list(late.order_by("pk").values_list("pk", flat=True))
    return len(release_all(ids, "expired", on=as_of, at=at, by=by))


@transaction.atomic
def stock_up(offer: Offer, total: int, *, on: date, at: datetime, by: str) -> Stock:
    """Say how many there are, those promised included; the same again, nothing changes.

    Raises:
        FewerThanPromised: more than that are promised.
    """
    made = _stock_of(offer, on=on, at=at, by=by)
    assert made is not None, "without a limit there is nothing to count"
    stock = Stock.objects.select_for_update().get(pk=made.pk)
    if stock.total == total:
        return stock
    if total < stock.taken:
        raise FewerThanPromised(offer=offer.name, taken=stock.taken, total=total)
    stock.total = total
    stock.save(update_fields=["total"])
    content = {"offer": offer.id, "total": total, "taken": stock.taken}
    append(Fact("stock.changed", on=on, content=content), at=at, by=by)
    return stock


def due_day(within_days: int, *, on: date) -> date:
    """By when something owed since a day is to be handed over."""
    return on + timedelta(days=within_days)


def _move(
    one: Promise, verb: PromiseVerb, *, on: date, at: datetime, by: str, **changes: Any
) -> Promise:
    """The only writer of a promise's state."""
    one.state = PROMISE.after(PromiseState(one.state), verb)
    for name, value in changes.items():
        setattr(one, name, value)
    one.save(update_fields=["state", *changes])
    append(_about(f"promise.{one.state}", one, on=on, why=one.why), at=at, by=by)
    return one


def _about(kind: str, one: Promise, *, on: date, **content: Any) -> Fact:
    return Fact(
        kind,
        on=on,
        account_id=one.account_id,
        term_id=one.term_id,
        content={"promise": one.pk, "offer": one.offer_id, **content},
    )
