"""What the next term costs: one way, every way, or many terms at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.credits.queries import balance
from tenure.records.billing.pricing.basket import (
    Basket,
    Discount,
    DiscountKind,
    Item,
    LineKind,
)
from tenure.records.billing.pricing.rules import price
from tenure.records.catalog.models import PlanVersion
from tenure.records.strategies.queries import one_reading
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.queries import comes_after
from tenure.records.subscriptions.quoting.add_ons import price_of
from tenure.records.subscriptions.quoting.earned import Share, as_discounts, shares_earned
from tenure.records.subscriptions.quoting.standing import Standing, months_said, plan_said
from tenure.records.subscriptions.quoting.values import (
    AS_IT_IS,
    TERM_GROUP,
    Cost,
    NoSeats,
    RenewalChoice,
    RenewalQuote,
    ref_of,
)
from tenure.records.subscriptions.rules import NextTerm

_TERM = Sentence(zh="{plan}，{months}", en="{plan}, {months}")


def quote_renewal(
    term_id: int | Term, choice: RenewalChoice = AS_IT_IS, *, on: date
) -> RenewalQuote:
    """What renewing a term costs when bought on a day, its add-ons included.

    A term that was read with its subscription and plan is not read again.

    Raises:
        NoPrice: the plan is not sold in that cycle.
        UnknownPlan: there is no such plan.
    """
    return renewal_of(Standing.of(term_id, on=on), choice)


def renewal_quotes(
    term_ids: Sequence[int], choice: RenewalChoice = AS_IT_IS, *, on: date
) -> list[RenewalQuote]:
    """As `quote_renewal` for many terms, in a few queries (TOP-17).

    Raises:
        NoPrice: one of them is not sold in that cycle.
    """
    return [renewal_of(one, choice) for one in Standing.every(term_ids, on=on)]


def renewal_options(
    term: int | Term, *, on: date, discounts: tuple[Discount, ...] = ()
) -> tuple[RenewalQuote, ...]:
    """Every cycle in which the next plan is sold, the one that the customer has first."""
    stands = Standing.of(term, on=on)
    version, currency = stands.next_version(), stands.term.currency
    cycles = stands.price_list.cycles(version.pk, currency=currency)
    found = [renewal_of(stands, RenewalChoice(one, discounts=discounts)) for one in cycles]
    has = stands.term.cycle_months
    return tuple(sorted(found, key=lambda one: (one.cycle_months != has, one.cycle_months)))


def renewal_of(stands: Standing, choice: RenewalChoice) -> RenewalQuote:
    """The quote for one term that was read already."""
    way = _way(stands, choice)
    bill = price(_basket(stands, way, choice))
    return RenewalQuote(
        term_id=stands.term.pk,
        on=stands.on,
        cycle_months=way.months,
        plan_version_id=way.version.pk,
        quantity=way.quantity,
        cycle=stands.cycle_name(way.months),
        comes=replace(way.comes, period=bill.lines[0].period),
        bill=bill,
    )


class Costs:
    """What renewals of one day come to, where many are told: each distinct basket is priced once.

    Most customers buy the same as many others. The price of such a basket is worked out by the
    same `price` as every bill, for the first of them.
    """

    def __init__(self) -> None:
        self._known: dict[object, Cost] = {}

    @property
    def priced(self) -> int:
        """How many baskets that others share were priced."""
        return len(self._known)

    def of(self, stands: Standing, choice: RenewalChoice) -> Cost:
        """What one way to renew one term comes to, as `renewal_of` would bill it.

        Raises:
            NoPrice: the plan is not sold in that cycle.
        """
        way = _way(stands, choice)
        if not _is_alike(stands, choice):
            return _cost(stands, way, choice)
        key = _amounts(stands, way, choice)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _cost(stands, way, choice)
        return found


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to renew a term, settled: what is bought, and what was earned on it."""

    stands: Standing
    months: int
    quantity: int
    version: PlanVersion
    unit: Money
    earned: tuple[Share, ...]

    @property
    def comes(self) -> NextTerm:
        """The days that it pays for; only a bill asks for them."""
        return comes_after(
            self.stands.term,
            on=self.stands.on,
            cycle_months=self.months,
            grace_days=self.stands.grace,
        )


def _way(stands: Standing, choice: RenewalChoice) -> _Way:
    months = choice.cycle_months or stands.term.cycle_months
    quantity = stands.next_quantity() if choice.quantity is None else choice.quantity
    if quantity < 1:
        raise NoSeats(seats=quantity, now=stands.quantity)
    is_as_planned = choice.plan_code is None
    version = stands.next_version() if is_as_planned else stands.version(choice.plan_code)
    unit = stands.unit(version, cycle_months=months)
    return _Way(stands, months, quantity, version, unit, shares_earned(stands, months))


def _basket(stands: Standing, way: _Way, choice: RenewalChoice) -> Basket:
    comes = way.comes
    plan = Item(
        kind=LineKind.RENEWAL,
        ref=stands.ref,
        said=_said(plan_said(way.version), way.months),
        unit=way.unit,
        period=comes.period,
        quantity=way.quantity,
        tax_share=stands.tax_share(way.version),
        anchor_on=comes.anchor_on,
    )
    code = way.version.plan.code
    items = [plan, *_add_ons(stands, comes.period, cycle_months=way.months, plan=code)]
    own = stands.reductions(stands.ref, cycle_months=way.months, quantity=way.quantity)
    used = None
    if choice.use_balance:
        used = balance(stands.term.account_id, currency=stands.term.currency)
    own = (*own, *as_discounts(stands, way.earned))
    discounts = (*own, *_decided(choice.discounts, stands.ref))
    return Basket(stands.term.currency, tuple(items), discounts, used)


def _cost(stands: Standing, way: _Way, choice: RenewalChoice) -> Cost:
    with one_reading():
        bill = price(_basket(stands, way, choice))
    return Cost(bill.to_pay, bill.list_total)


def _is_alike(stands: Standing, choice: RenewalChoice) -> bool:
    """Whether a basket holds nothing of its own, so that others may hold the same."""
    is_timeless = all(one.kind is not DiscountKind.FREE for one in choice.discounts)
    return is_timeless and not stands.attached and not choice.use_balance


def _amounts(stands: Standing, way: _Way, choice: RenewalChoice) -> object:
    """All that the amounts of such a basket depend on: no days, and nobody's number."""
    return (
        way.version.pk, stands.on, way.months, way.quantity, way.unit, way.earned,
        choice.discounts,
    )  # fmt: skip


def whole_price(stands: Standing, *, plan_code: str, quantity: int) -> tuple[Money, Money]:
    """What a whole term of the present length costs today, and its list price (G02)."""
    months, version = stands.term.cycle_months, stands.version(plan_code)
    item = Item(
        kind=LineKind.RENEWAL,
        ref=stands.ref,
        said=plan_said(version),
        unit=stands.unit(version, cycle_months=months),
        period=Period(stands.term.starts_on, stands.term.ends_on),
        quantity=quantity,
    )
    own = stands.reductions(stands.ref, cycle_months=months, quantity=quantity)
    line = price(Basket(stands.term.currency, (item,), own)).lines[0]
    return line.amount, line.list_price


@lru_cache(maxsize=256)
def _said(plan: Sentence, months: int) -> Sentence:
    return _TERM.fill(plan=plan, months=months_said(months))


def _decided(discounts: Iterable[Discount], ref: str) -> Iterable[Discount]:
    """What was decided for the term and what the ladder gives anyway are one reduction."""
    for one in discounts:
        yield replace(one, group=f"{TERM_GROUP}:{ref}") if one.group == TERM_GROUP else one


def _add_ons(stands: Standing, period: Period, *, cycle_months: int, plan: str) -> Iterable[Item]:
    """The add-ons that go on with the next term."""
    for one in stands.attached:
        stays = one.until_on is None or one.until_on > period.starts_on
        goes_with = not one.add_on_version.plans or plan in one.add_on_version.plans
        if not stays or not goes_with:
            continue
        version, unit = price_of(one.add_on, stands, cycle_months=cycle_months)
        yield Item(
            kind=LineKind.ADD_ON,
            ref=ref_of(stands.term.pk, add_on=one.add_on.code),
            said=_said(Sentence(version.add_on.name_zh, version.add_on.name_en), cycle_months),
            unit=unit,
            period=period,
            quantity=one.quantity,
            tax_share=stands.tax_share(stands.next_version()),
        )
