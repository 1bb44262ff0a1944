"""What bringing several terms to one date costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.basket import Basket, Item, LineKind
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.pricing.proration import up_to
from tenure.records.billing.pricing.rules import price
from tenure.records.subscriptions.quoting.standing import Standing, plan_said
from tenure.records.subscriptions.quoting.values import CoTermQuote, EndsLater

_JOIN = Sentence(zh="{plan}，延长到 {until}", en="{plan}, extended to {until}")


def quote_co_term(term_ids: Sequence[int], *, until: date, on: date) -> CoTermQuote:
    """What bringing several terms to one date costs, one line each (TOP-17, G02).

    A term that ends on that date already is left out.

    Raises:
        NotRunning: one of them is over.
        EndsLater: one of them runs beyond the date.
        NothingToPrice: all of them end on the date already.
    """
    every = Standing.every(sorted(set(term_ids)), on=on)
    for one in every:
        one.check_running()
    moved = [one for one in every if one.term.ends_on != until]
    bill = _joined(moved, until, currency=every[0].term.currency if every else "")
    return CoTermQuote(until, on, tuple(one.term.pk for one in moved), bill)


def co_term_of(stands: Standing, until: date) -> Bill:
    """What bringing one term, which was read already, to a date costs.

    Raises:
        NotRunning, IsPaused, EndsLater: as `quote_co_term`.
    """
    stands.check_running()
    return _joined([stands], until, currency=stands.term.currency)


def _joined(moved: Sequence[Standing], until: date, *, currency: str) -> Bill:
    items = [_join(one, until) for one in moved]
    reductions = [
        reduction
        for one in moved
        for reduction in one.reductions(
            one.ref, cycle_months=one.term.cycle_months, quantity=one.next_quantity()
        )
    ]
    return price(Basket(currency, tuple(items), tuple(reductions)))


def _join(stands: Standing, until: date) -> Item:
    term, version = stands.term, stands.next_version()
    if until < term.ends_on:
        raise EndsLater(ends_on=term.ends_on, until=until)
    return Item(
        kind=LineKind.CO_TERM,
        ref=stands.ref,
        said=_JOIN.fill(plan=plan_said(version), until=until),
        unit=stands.unit(version, cycle_months=term.cycle_months),
        period=Period(term.ends_on, until),
        quantity=stands.next_quantity(),
        stretch=up_to(
            term.ends_on,
            until,
            anchor_on=term.subscription.anchor_on,
            cycle_months=term.cycle_months,
        ),
        tax_share=stands.tax_share(version),
    )
