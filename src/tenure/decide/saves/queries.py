"""What is so about one customer who is leaving, gathered for the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from tenure.decide.decisions.standing import standing_prices
from tenure.decide.obligations.queries import binding_of
from tenure.decide.obligations.rules import Binding, CancelLimits, cancel_limits
from tenure.decide.saves.rules import Met, Net, Situation
from tenure.kernel.failures import Refusal
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.cancellations.models import Cancellation
from tenure.records.cancellations.queries import offers_shown
from tenure.records.catalog.models import PlanVersion
from tenure.records.catalog.queries import prices, version_in_force, versions_in_force
from tenure.records.catalog.rules import NotOnSaleYet
from tenure.records.customers.rules import COMPANIES
from tenure.records.service.queries import has_open_fault
from tenure.records.subscriptions.models import ContractPeriod, PeriodKind, Term
from tenure.records.subscriptions.quoting.queries import quote_renewal
from tenure.records.subscriptions.rules import pause_until
from tenure.records.subscriptions.states import SubscriptionState, TermState
from tenure.strategy.duties import OfferPlace
from tenure.strategy.saves import Save, SaveKind
from tenure.strategy.sections import Strategy

DAYS_PER_MONTH: Final = 30


@dataclass(frozen=True, slots=True)
class Sold:
    """A term and what its plan costs today, by months, for all of its units."""

    term: Term
    listed: dict[int, Money]
    smaller: dict[int, Money]  # the next smaller plan; empty where there is none


@dataclass(frozen=True, slots=True)
class Policy:
    """What the law of a contract's place asks of a cancellation, on a day."""

    binding: Binding
    limits: CancelLimits

    @property
    def jurisdiction(self) -> str:
        """The policies that bind, as the console names them."""
        return ", ".join(policy.jurisdiction for policy in self.binding.policies)[:60]

    @property
    def version(self) -> str:
        """Their stamps, stored with the attempt (R-A-001)."""
        return ", ".join(self.limits.stamps)

    @property
    def offers_allowed(self) -> int:
        """How many offers may stand beside the cancel control after the first click.

        Where an offer may only stand before the button, there is no place for it in a visit.
        """
        is_beside = self.limits.offers_where is OfferPlace.BESIDE_CANCEL
        return self.limits.offers_at_most if is_beside else 0

    @property
    def withdrawal_days(self) -> int:
        """Days in which a consumer may take the contract back, 0 where no law says so."""
        right = self.binding.withdrawal
        return right.days if right is not None else 0


def policy_of(subscription_id: int, *, on: date) -> Policy:
    """The cancellation policy that binds for a contract on a day."""
    binding = binding_of(subscription_id, on=on)
    return Policy(binding, cancel_limits(binding))


def situation_of(
    cancellation: Cancellation, *, strategy: Strategy, on: date, at: datetime
) -> Situation:
    """Everything that the rules ask about an attempt to leave."""
    term = Term.objects.select_related(
        "account", "subscription", "plan_version__plan"
    ).get(pk=cancellation.term_id)  # fmt: skip
    account, saves = term.account, strategy.saves
    sold, policy = _sold(term, on=on), policy_of(term.subscription_id, on=on)
    since = on - timedelta(days=max(saves.memory_days, 365))
    met = offers_shown(account.pk, since=since)
    return Situation(
        on=on,
        unit=f"{account.source}/{account.external_id}",
        offers_allowed=policy.offers_allowed,
        facts=_facts(term, on=on),
        has=tuple(_has(sold, strategy=strategy, on=on)),
        with_save=dict(_with_saves(sold, strategy=strategy, on=on)),
        reason=cancellation.reason,
        has_open_fault=has_open_fault(account.pk, at=at),
        is_porting=cancellation.is_porting,
        is_held_out=account.holdout_bucket < strategy.experiments.holdout_below,
        met=tuple(Met(one.save_id, one.rung, one.shown_on, one.state) for one in met),
    )


def _facts(term: Term, *, on: date) -> dict[str, object]:
    return {
        "tenure_days": (on - term.subscription.started_on).days,
        "cycle_months": term.cycle_months,
        "days_left": (term.ends_on - on).days,
        "plan_code": term.plan_version.plan.code,
        "is_business": int(term.account.kind in COMPANIES),
    }


def _sold(term: Term, *, on: date) -> Sold:
    plan = term.plan_version.plan
    try:
        version = version_in_force(plan.pk, on=on)
    except NotOnSaleYet:
        version = term.plan_version
    smaller = smaller_plan(term, on=on)
    return Sold(term, _listed(version, term), _listed(smaller, term) if smaller else {})


def _listed(version: PlanVersion, term: Term) -> dict[int, Money]:
    units = term.subscription.quantity
    found = prices(version.pk, currency=term.currency)
    return {months: price * units for months, price in found.items()}


def _has(sold: Sold, *, strategy: Strategy, on: date) -> Iterator[Net]:
    """What the customer pays, and every price for the next term that stands without leaving.

    That is the price of renewing for as long as now, with what the ladder gives to everybody.
    """
    term, months = sold.term, sold.term.cycle_months
    yield Net(Money(term.price_minor, term.currency), months)
    if months in sold.listed:
        # With what the ladder gives, and what the customer has earned by staying so long.
        renewal = quote_renewal(term.pk, on=on).bill.lines[0]
        yield Net(renewal.amount, months)
    decided = standing_prices(on).filter(term=term)
    for minor, months, currency in decided.values_list("price_minor", "months", "currency"):
        if minor is not None and currency == term.currency and months:
            yield Net(Money(minor, currency), months)


def _with_saves(sold: Sold, *, strategy: Strategy, on: date) -> Iterator[tuple[str, Net]]:
    for save in strategy.saves.offers.values():
        if (net := _with_save(save, sold, strategy=strategy, on=on)) is not None:
            yield save.id, net


def _with_save(save: Save, sold: Sold, *, strategy: Strategy, on: date) -> Net | None:
    """What an offer comes to; None where it cannot be done for this customer."""
    term, months = sold.term, sold.term.cycle_months
    present = Net(Money(term.price_minor, term.currency), months)
    is_running = term.state == TermState.RUNNING
    if save.kind is SaveKind.REPAIR:
        # The days that it adds move the end, which a running term allows once.
        return present if is_running and not term.extended_days else None
    if save.kind is SaveKind.PAUSE:
        days = days_of_pause(save.pause_months)
        return present if is_running and _can_pause(term, days, strategy, on) else None
    if save.kind is SaveKind.DISCOUNT and months in sold.listed:
        return Net(sold.listed[months].share_of(1 - save.discount_share), months)
    if save.kind is SaveKind.FREE_MONTHS and save.buy_months in sold.listed:
        return Net(sold.listed[save.buy_months], save.buy_months + save.free_months)
    if save.kind is SaveKind.DOWNGRADE and is_running and months in sold.smaller:
        return Net(sold.smaller[months], months)
    return None


def smaller_plan(term: Term, *, on: date) -> PlanVersion | None:
    """The next smaller plan of the same product that is sold on a day; None below the smallest."""
    plan = term.plan_version.plan
    below = [
        one
        for one in versions_in_force(on=on).values()
        if one.plan.product_code == plan.product_code and one.plan.tier_rank < plan.tier_rank
    ]
    return max(below, key=lambda one: one.plan.tier_rank, default=None)


def days_of_pause(months: int) -> int:
    """A pause is counted in days: thirty for each month."""
    return months * DAYS_PER_MONTH


def _can_pause(term: Term, days: int, strategy: Strategy, on: date) -> bool:
    """Whether the catalogue lets this contract rest so long; what is shown must be possible."""
    if term.subscription.state != SubscriptionState.ACTIVE:
        return False
    held = ContractPeriod.objects.filter(subscription=term.subscription)
    if held.filter(kind=PeriodKind.TRIAL, ends_on__gt=on).exists():
        return False
    rests = held.filter(kind=PeriodKind.PAUSE)
    past = [Period(one.starts_on, one.ends_on) for one in rests]
    try:
        pause_until(on, days=days, allowed=strategy.catalog.pause, past=past)
    except Refusal:
        return False
    return True
