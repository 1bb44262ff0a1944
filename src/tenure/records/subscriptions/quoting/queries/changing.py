"""What changing a running term costs: another plan, more seats, an add-on more or less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.basket import Basket, Discount, Item, LineKind
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.pricing.proration import rest_of
from tenure.records.billing.pricing.rules import price
from tenure.records.catalog import queries as catalog
from tenure.records.catalog.models import Entitlement, PlanVersion
from tenure.records.subscriptions.quoting.add_ons import price_of
from tenure.records.subscriptions.quoting.queries.renewing import renewal_of
from tenure.records.subscriptions.quoting.standing import Standing, plan_said
from tenure.records.subscriptions.quoting.values import (
    AddOnNotThere,
    AddOnThere,
    ChangeQuote,
    Difference,
    DoesNotGoWith,
    NoSeats,
    RenewalChoice,
    SamePlan,
    ref_of,
)

_UNUSED = Sentence(zh="{what}，退回未用的 {days} 天", en="{what}, {days} unused days given back")
_REST = Sentence(zh="{what}，余下的 {days} 天", en="{what}, the remaining {days} days")
_SEATS = Sentence(
    zh="{plan}，增加 {seats} 个席位，余下的 {days} 天",
    en="{plan}, {seats} more seats for the remaining {days} days",
)


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
    above = [
        one
        for one in catalog.versions_in_force(on=on).values()
        if one.plan.product_code == stands.plan.product_code
        and one.plan.tier_rank > stands.plan.tier_rank
        and stands.term.cycle_months
        in stands.price_list.cycles(one.pk, currency=stands.term.currency)
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
    rest = rest_of(Period(term.starts_on, term.ends_on), on, pauses=stands.pauses)
    item = Item(
        kind=LineKind.SEATS,
        ref=stands.ref,
        said=_SEATS.fill(plan=plan_said(version), seats=more, days=rest.left),
        unit=stands.unit(stands.version(version.plan.code), cycle_months=term.cycle_months),
        period=Period(on, term.ends_on),
        quantity=more,
        stretch=rest,
        tax_share=stands.tax_share(version),
    )
    own = stands.reductions(
        stands.ref, cycle_months=term.cycle_months, quantity=stands.quantity + more
    )
    return _priced(stands, [item], own)


def quote_add_on(term_id: int, code: str, *, on: date, quantity: int = 1) -> Bill:
    """What an add-on costs for the rest of a running term (CAT-03).

    Raises:
        UnknownAddOn: there is none with this code.
        DoesNotGoWith: it is not sold with the term's plan.
        AddOnThere: the subscription has it.
        NotRunning: the term is over.
    """
    stands, add_on = Standing.of(term_id, on=on), catalog.add_on(code)
    stands.check_running()
    if any(one.add_on_id == add_on.pk and one.until_on is None for one in stands.attached):
        raise AddOnThere(add_on=Sentence(add_on.name_zh, add_on.name_en))
    term = stands.term
    version, unit = price_of(add_on, stands, cycle_months=term.cycle_months)
    name = Sentence(add_on.name_zh, add_on.name_en)
    if version.plans and stands.plan.code not in version.plans:
        raise DoesNotGoWith(add_on=name, plan=plan_said(term.plan_version))
    rest = rest_of(Period(term.starts_on, term.ends_on), on, pauses=stands.pauses)
    item = Item(
        kind=LineKind.ADD_ON,
        ref=ref_of(term.pk, add_on=code),
        said=_REST.fill(what=name, days=rest.left),
        unit=unit,
        period=Period(on, term.ends_on),
        quantity=quantity,
        stretch=rest,
        tax_share=stands.tax_share(term.plan_version),
    )
    return _priced(stands, [item])


def quote_detach(term_id: int, code: str, *, on: date) -> Bill:
    """What is given back when an add-on is taken off today (CAT-03).

    Raises:
        AddOnNotThere: nothing of it is paid beyond today.
        NotRunning: the term is over.
    """
    stands = Standing.of(term_id, on=on)
    stands.check_running()
    credits = list(_credits(stands, code=code))
    if not credits:
        add_on = catalog.add_on(code)
        raise AddOnNotThere(add_on=Sentence(add_on.name_zh, add_on.name_en))
    return _priced(stands, credits)


def differences(old: PlanVersion, new: PlanVersion) -> tuple[Difference, ...]:
    """Every entitlement that two versions do not give alike, in the order of the plans."""
    before = {one.code: one for one in catalog.entitlements(old.pk)}
    after = {one.code: one for one in catalog.entitlements(new.pk)}
    codes = dict.fromkeys([*after, *before])
    found = (_difference(before.get(code), after.get(code)) for code in codes)
    return tuple(one for one in found if (one.had, one.before) != (one.has, one.after))


def _change(stands: Standing, plan_code: str) -> ChangeQuote:
    term, old, new = stands.term, stands.term.plan_version, stands.version(plan_code)
    if new.plan_id == old.plan_id:
        raise SamePlan(plan=plan_said(old))
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
        renewal=renewal_of(stands, RenewalChoice(term.cycle_months, plan_code)).bill,
        gained=tuple(one for one in changed if one.is_gain),
        lost=tuple(one for one in changed if not one.is_gain),
        read_only_days=stands.sold.read_only_days if stands.sold else None,
    )


def _rank(stands: Standing, version: PlanVersion) -> tuple[int, int]:
    """Tier first; of one tier the dearer plan is higher."""
    known = stands.price_list.cycles(version.pk, currency=stands.term.currency)
    return version.plan.tier_rank, known.get(stands.term.cycle_months, 0)


def _swap(stands: Standing, new: PlanVersion) -> Bill:
    """The unused rest of the old plan given back, the same days of the new one charged (G18)."""
    term = stands.term
    rest = rest_of(Period(term.starts_on, term.ends_on), stands.on, pauses=stands.pauses)
    charge = Item(
        kind=LineKind.PLAN_REST,
        ref=stands.ref,
        said=_REST.fill(what=plan_said(new), days=rest.left),
        unit=stands.unit(new, cycle_months=term.cycle_months),
        period=Period(stands.on, term.ends_on),
        quantity=stands.quantity,
        stretch=rest,
        tax_share=stands.tax_share(new),
    )
    own = stands.reductions(stands.ref, cycle_months=term.cycle_months, quantity=stands.quantity)
    return _priced(stands, [*_credits(stands), charge], own)


def _credits(stands: Standing, *, code: str = "") -> Iterator[Item]:
    """The unused rest of everything that was paid for the plan (or an add-on), line by line."""
    for one in stands.open_lines(code=code):
        rest = rest_of(one.period, stands.on, pauses=stands.pauses)
        yield Item(
            kind=LineKind.CREDIT,
            ref=ref_of(stands.term.pk, add_on=code, line=one.line_id or 0),
            said=_UNUSED.fill(what=one.said, days=rest.left),
            unit=one.paid,
            period=Period(stands.on, one.period.ends_on),
            stretch=rest,
            tax_share=stands.tax_share(stands.term.plan_version),
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
