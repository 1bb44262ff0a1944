"""Quotes: what renewing, changing, growing or joining terms costs. Nothing is written.

The verbs charge what these say: a quote of the same day about the same rows is the same bill, down
to its digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.basket import Basket, Discount, Item, LineKind
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.pricing.proration import rest_of, up_to
from tenure.records.billing.pricing.rules import price
from tenure.records.catalog import queries as catalog
from tenure.records.catalog.models import Entitlement, PlanVersion
from tenure.records.subscriptions.queries import comes_after, grace_days
from tenure.records.subscriptions.quoting.standing import Standing, months_said, plan_said
from tenure.records.subscriptions.quoting.values import (
    AS_IT_IS,
    TERM_GROUP,
    ChangeQuote,
    CoTermQuote,
    Difference,
    EndsLater,
    NoSeats,
    RenewalChoice,
    RenewalQuote,
    SamePlan,
)

_TERM = Sentence(zh="{plan}，{months}", en="{plan}, {months}")
_UNUSED = Sentence(zh="{plan}，退回未用的 {days} 天", en="{plan}, {days} unused days given back")
_REST = Sentence(zh="{plan}，余下的 {days} 天", en="{plan}, the remaining {days} days")
_SEATS = Sentence(
    zh="{plan}，增加 {seats} 个席位，余下的 {days} 天",
    en="{plan}, {seats} more seats for the remaining {days} days",
)
_JOIN = Sentence(zh="{plan}，延长到 {until}", en="{plan}, extended to {until}")


def quote_renewal(term_id: int, choice: RenewalChoice = AS_IT_IS, *, on: date) -> RenewalQuote:
    """What renewing a term costs when bought on a day.

    Raises:
        NoPrice: the plan is not sold in that cycle.
        UnknownPlan: there is no such plan.
    """
    return _renewal(Standing.of(term_id, on=on), choice)


def renewal_options(
    term_id: int, *, on: date, discounts: tuple[Discount, ...] = ()
) -> tuple[RenewalQuote, ...]:
    """Every cycle in which the term's plan is sold, the one that the customer has first."""
    stands = Standing.of(term_id, on=on)
    cycles = catalog.prices(stands.version(None).pk, currency=stands.term.currency)
    found = [_renewal(stands, RenewalChoice(one, discounts=discounts)) for one in cycles]
    has = stands.term.cycle_months
    return tuple(sorted(found, key=lambda one: (one.cycle_months != has, one.cycle_months)))


def quote_plan_change(term_id: int, plan_code: str, *, on: date) -> ChangeQuote:
    """What another plan costs: up from today, prorated; down from the term's end (R-Y-067).

    Raises:
        SamePlan: the term has that plan.
        NotRunning: the term is over.
        NoPrice: the plan is not sold in the term's cycle.
    """
    stands = Standing.of(term_id, on=on)
    stands.check_running()
    return _change(stands, plan_code)


def upgrade_quotes(term_id: int, *, on: date) -> tuple[ChangeQuote, ...]:
    """Every higher plan with what it brings, the nearest first (CAT-04)."""
    stands = Standing.of(term_id, on=on)
    stands.check_running()
    known = catalog.versions_in_force(on=on)
    above = [
        one
        for one in known.values()
        if one.plan.product_code == stands.plan.product_code
        and one.plan.tier_rank > stands.plan.tier_rank
        and stands.term.cycle_months in catalog.prices(one.pk, currency=stands.term.currency)
    ]
    above.sort(key=lambda one: (one.plan.tier_rank, one.plan.code))
    return tuple(_change(stands, one.plan.code) for one in above)


def quote_seats(term_id: int, more: int, *, on: date) -> Bill:
    """What more seats cost for the rest of a running term (BIL-04).

    Raises:
        NoSeats: none are added.
        NotRunning: the term is over.
    """
    stands = Standing.of(term_id, on=on)
    stands.check_running()
    if more < 1:
        raise NoSeats(seats=stands.quantity + more, now=stands.quantity)
    term, version = stands.term, stands.term.plan_version
    rest = rest_of(Period(term.starts_on, term.ends_on), on)
    item = Item(
        kind=LineKind.SEATS,
        ref=stands.ref,
        said=_SEATS.fill(plan=plan_said(version), seats=more, days=rest.left),
        unit=stands.unit(version, cycle_months=term.cycle_months),
        period=Period(on, term.ends_on),
        quantity=more,
        stretch=rest,
    )
    return _priced(stands, [item], stands.ladder(stands.ref, cycle_months=term.cycle_months))


def quote_co_term(term_ids: Sequence[int], *, until: date, on: date) -> CoTermQuote:
    """What bringing several terms to one date costs, one line each (TOP-17, G02).

    A term that ends on that date already is left out.

    Raises:
        NotRunning: one of them is over.
        EndsLater: one of them runs beyond the date.
        NothingToPrice: all of them end on the date already.
    """
    every = Standing.all(sorted(term_ids), on=on)
    for one in every:
        one.check_running()
    moved = [one for one in every if one.term.ends_on != until]
    items = [_join(one, until) for one in moved]
    ladders = [
        ladder
        for one in moved
        for ladder in one.ladder(one.ref, cycle_months=one.term.cycle_months)
    ]
    currency = every[0].term.currency if every else ""
    bill = price(Basket(currency, tuple(items), tuple(ladders)))
    return CoTermQuote(until, on, tuple(one.term.pk for one in moved), bill)


def differences(old: PlanVersion, new: PlanVersion) -> tuple[Difference, ...]:
    """Every entitlement that two versions do not give alike, in the order of the plans."""
    before = {one.code: one for one in catalog.entitlements(old.pk)}
    after = {one.code: one for one in catalog.entitlements(new.pk)}
    codes = dict.fromkeys([*after, *before])
    found = (_difference(before.get(code), after.get(code)) for code in codes)
    return tuple(one for one in found if (one.had, one.before) != (one.has, one.after))


def _renewal(stands: Standing, choice: RenewalChoice) -> RenewalQuote:
    months = choice.cycle_months or stands.term.cycle_months
    quantity = stands.quantity if choice.quantity is None else choice.quantity
    if quantity < 1:
        raise NoSeats(seats=quantity, now=stands.quantity)
    version = stands.version(choice.plan_code)
    comes = comes_after(
        stands.term, on=stands.on, cycle_months=months, grace_days=grace_days(stands.on)
    )
    item = Item(
        kind=LineKind.RENEWAL,
        ref=stands.ref,
        said=_TERM.fill(plan=plan_said(version), months=months_said(months)),
        unit=stands.unit(version, cycle_months=months),
        period=comes.period,
        quantity=quantity,
        anchor_on=comes.anchor_on,
    )
    # What was decided for the term and what the ladder gives anyway are one reduction.
    decided = [
        replace(one, group=f"{TERM_GROUP}:{stands.ref}") if one.group == TERM_GROUP else one
        for one in choice.discounts
    ]
    bill = _priced(stands, [item], [*stands.ladder(stands.ref, cycle_months=months), *decided])
    return RenewalQuote(
        term_id=stands.term.pk,
        on=stands.on,
        cycle_months=months,
        plan_version_id=version.pk,
        quantity=quantity,
        cycle=stands.cycle_name(months),
        comes=replace(comes, period=bill.lines[0].period),
        bill=bill,
    )


def _change(stands: Standing, plan_code: str) -> ChangeQuote:
    term, old, new = stands.term, stands.term.plan_version, stands.version(plan_code)
    if new.plan_id == old.plan_id:
        raise SamePlan(plan=plan_said(old))
    months = term.cycle_months
    is_upgrade = _rank(stands, new) > _rank(stands, old)
    changed = differences(old, new)
    return ChangeQuote(
        term_id=term.pk,
        on=stands.on,
        effective_on=stands.on if is_upgrade else term.ends_on,
        plan_version_id=new.pk,
        plan=plan_said(new),
        is_upgrade=is_upgrade,
        bill=_swap(stands, new) if is_upgrade else None,
        renewal=_renewal(stands, RenewalChoice(months, plan_code)).bill,
        gained=tuple(one for one in changed if one.is_gain),
        lost=tuple(one for one in changed if not one.is_gain),
    )


def _rank(stands: Standing, version: PlanVersion) -> tuple[int, int]:
    """Tier first; of one tier the dearer plan is higher."""
    known = catalog.prices(version.pk, currency=stands.term.currency)
    listed = known.get(stands.term.cycle_months)
    return version.plan.tier_rank, listed.amount_minor if listed else 0


def _swap(stands: Standing, new: PlanVersion) -> Bill:
    """The unused rest of the old plan given back, the same days of the new one charged (G18)."""
    term, old = stands.term, stands.term.plan_version
    rest = rest_of(Period(term.starts_on, term.ends_on), stands.on)
    days = Period(stands.on, term.ends_on)
    credit = Item(
        kind=LineKind.CREDIT,
        ref=stands.ref,
        said=_UNUSED.fill(plan=plan_said(old), days=rest.left),
        unit=Money(term.price_minor, term.currency),
        period=days,
        stretch=rest,
    )
    charge = Item(
        kind=LineKind.PLAN_REST,
        ref=stands.ref,
        said=_REST.fill(plan=plan_said(new), days=rest.left),
        unit=stands.unit(new, cycle_months=term.cycle_months),
        period=days,
        quantity=stands.quantity,
        stretch=rest,
    )
    return _priced(
        stands, [credit, charge], stands.ladder(stands.ref, cycle_months=term.cycle_months)
    )


def _join(stands: Standing, until: date) -> Item:
    term, version = stands.term, stands.version(None)
    if until < term.ends_on:
        raise EndsLater(ends_on=term.ends_on, until=until)
    days = Period(term.ends_on, until)
    return Item(
        kind=LineKind.CO_TERM,
        ref=stands.ref,
        said=_JOIN.fill(plan=plan_said(version), until=until),
        unit=stands.unit(version, cycle_months=term.cycle_months),
        period=days,
        quantity=stands.quantity,
        stretch=up_to(
            term.ends_on,
            until,
            anchor_on=term.subscription.anchor_on,
            cycle_months=term.cycle_months,
        ),
    )


def _priced(stands: Standing, items: Sequence[Item], discounts: Iterable[Discount] = ()) -> Bill:
    return price(Basket(stands.term.currency, tuple(items), tuple(discounts)))


def _difference(before: Entitlement | None, after: Entitlement | None) -> Difference:
    one = after or before
    assert one is not None, "a code stands on one side at least"
    return Difference(
        code=one.code,
        name=Sentence(one.name_zh, one.name_en),
        unit=one.unit,
        is_value_added=one.kind == "value_added",
        had=before is not None,
        has=after is not None,
        before=before.quantity if before else None,
        after=after.quantity if after else None,
    )
