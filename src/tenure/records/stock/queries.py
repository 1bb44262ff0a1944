"""What is left of each stock, and which offers are not made at present."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from tenure.records.stock.models import Promise, Stock, Withdrawal
from tenure.records.stock.rules import period_of
from tenure.records.stock.states import OPEN, PromiseState
from tenure.strategy.offers import Offer


def left_of(offers: Iterable[Offer], *, on: date) -> Mapping[str, int]:
    """Offer → how many may still be promised on a day; only those of which there is a stock."""
    limited = {
        one.id: period_of(on, is_monthly=one.handed.is_monthly)
        for one in offers
        if one.handed is not None and one.handed.stock is not None
    }
    rows = Stock.objects.filter(offer_id__in=limited, period_on__in=set(limited.values()))
    known = {(one.offer_id, one.period_on): one.total - one.taken for one in rows}
    first = {one.id: one.handed.stock or 0 for one in offers if one.handed is not None}
    return {one: known.get((one, period), first[one]) for one, period in limited.items()}


def withdrawn() -> Mapping[str, Withdrawal]:
    """The offers that are not made at present."""
    return {one.offer_id: one for one in Withdrawal.objects.filter(resumed_on=None)}


def promised_to(term_ids: Iterable[int]) -> QuerySet[Promise]:
    """What is promised to the customers of some terms and not over."""
    return Promise.objects.filter(term_id__in=list(term_ids), state__in=OPEN)


_NONE: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class OfferStock:
    """One offer with what is left, what became of its promises, and its withdrawal."""

    offer: Offer
    total: int | None
    left: int | None
    held: int
    owed: int
    done: int
    failed: int
    withdrawal: Withdrawal | None

    @property
    def taken(self) -> int | None:
        """How many of the stock are promised; None without a stock."""
        return None if self.total is None or self.left is None else self.total - self.left


def offers_on(offers: Sequence[Offer], *, on: date) -> list[OfferStock]:
    """Every offer of a day with its stock and its promises; a few queries however many."""
    counted: dict[str, Any] = {
        row["offer_id"]: row
        for row in Promise.objects.values("offer_id").annotate(
            held=Count("pk", filter=Q(state=PromiseState.HELD)),
            owed=Count("pk", filter=Q(state=PromiseState.OWED)),
            done=Count("pk", filter=Q(state=PromiseState.DONE)),
            failed=Count("pk", filter=Q(state=PromiseState.FAILED)),
        )
    }
    gone = withdrawn()
    stocks = {(one.offer_id, one.period_on): one for one in Stock.objects.all()}
    found = []
    for one in offers:
        handed, row = one.handed, counted.get(one.id, _NONE)
        total = left = None
        if handed is not None and handed.stock is not None:
            kept = stocks.get((one.id, period_of(on, is_monthly=handed.is_monthly)))
            total = handed.stock if kept is None else kept.total
            left = total if kept is None else kept.total - kept.taken
        states = {name: int(row.get(name, 0)) for name in ("held", "owed", "done", "failed")}
        found.append(OfferStock(one, total, left, withdrawal=gone.get(one.id), **states))
    return found


def to_hand_over() -> QuerySet[Promise]:
    """What waits for a person: what failed first, then by the day on which it is due."""
    waiting = Promise.objects.filter(state__in=(PromiseState.FAILED, PromiseState.OWED))
    return waiting.select_related("account").order_by("state", F("due_on").asc(), "pk")
