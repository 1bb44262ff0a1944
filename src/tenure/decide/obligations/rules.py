"""Choose the policies that bind a contract, and read from them what may be done.

When several bind, all hold: windows are intersected, limits are the strictest. A contract whose
place is not known is held by every policy that could hold (R-A-001 to R-A-004).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tenure.strategy.duties import (
    Acknowledgment,
    Arrears,
    CancelPage,
    CancelRule,
    CoolingOff,
    Event,
    Login,
    NoticeRule,
    OfferPlace,
    OrderButton,
    PriceRise,
    ProductClass,
    Prolongation,
    Withdrawal,
)
from tenure.strategy.obligations import (
    Obligations,
    RenewalPolicy,
    plain_region,
)

# Codes that are written where nobody knows the country.
NO_COUNTRY: Final = frozenset({"", "ZZ", "XX"})
_SAME_COUNTRY: Final = {"UK": "GB", "EL": "GR"}


class Why(StrEnum):
    """How the policies of a contract were found."""

    PLACE = "place"
    NO_PLACE = "no_place"  # the country is not known: every policy holds
    NO_REGION = "no_region"  # the region is not known: every region's policy holds
    NO_POLICY = "no_policy"  # the table has no row for it: nothing may be taken or offered


@dataclass(frozen=True, slots=True)
class Contract:
    """What the choice of policies depends on; `method` is how is paid ("" while unknown)."""

    country: str
    region: str = ""
    is_consumer: bool = True
    product_class: ProductClass = ProductClass.SERVICE
    sales_channel: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """The policies that hold for one contract on one day, and how they were found."""

    on: date
    policies: tuple[RenewalPolicy, ...]
    why: Why

    @property
    def stamps(self) -> list[str]:
        """Jurisdictions with their versions, to be stored with what was done under them."""
        return [policy.stamp for policy in self.policies]

    def notices(self, event: Event) -> tuple[tuple[RenewalPolicy, NoticeRule], ...]:
        """Every notice that is owed for an event, with the policy that asks for it."""
        return tuple(
            (policy, rule)
            for policy in self.policies
            for rule in policy.notices
            if rule.event is event
        )

    @property
    def is_charged_by_engine(self) -> bool:
        """Whether we may take money; what a store sold, the store renews (R-A-070)."""
        return all(policy.is_charged_by_engine for policy in self.policies)

    @property
    def retries_automatically(self) -> bool:
        """Whether a declined charge may be tried again without the customer (R-Y-049)."""
        return all(policy.retries_automatically for policy in self.policies)

    @property
    def lets_porting_pass(self) -> bool:
        """Whether a customer who takes the number along meets no offer at all (R-A-018)."""
        return any(policy.lets_porting_pass for policy in self.policies)

    @property
    def price_rise(self) -> PriceRise:
        """What a higher price needs: the most that any policy asks (R-A-015)."""
        order = list(PriceRise)
        return max((one.price_rise for one in self.policies), key=order.index, default=order[-1])

    @property
    def second_factor_above_minor(self) -> int | None:
        """Above this amount the customer must agree in person (R-Y-049)."""
        limits = [one.second_factor_above_minor for one in self.policies]
        return min((limit for limit in limits if limit is not None), default=None)

    @property
    def withdrawal(self) -> Withdrawal | None:
        """The right to withdraw: the longest, with a function where one is owed (R-A-051, 052)."""
        rights = [one.withdrawal for one in self.policies if one.withdrawal is not None]
        return max(rights, key=lambda one: (one.has_function, one.days), default=None)

    @property
    def cooling_off(self) -> tuple[CoolingOff, ...]:
        """Further rights to withdraw, after a trial or a renewal (R-A-061)."""
        return tuple(period for policy in self.policies for period in policy.cooling_off)

    @property
    def prolongations(self) -> tuple[Prolongation, ...]:
        """Limits on how long a first term binds and into what it renews (R-A-059, R-A-060)."""
        return tuple(one.prolongation for one in self.policies if one.prolongation is not None)

    @property
    def acknowledgments(self) -> tuple[tuple[RenewalPolicy, Acknowledgment], ...]:
        """Messages owed at once after agreeing (R-A-032, R-A-074)."""
        return tuple(
            (policy, policy.acknowledgment)
            for policy in self.policies
            if policy.acknowledgment is not None
        )

    @property
    def arrears(self) -> Arrears | None:
        """What protects somebody who does not pay: the most patient (R-A-019)."""
        found = [one.arrears for one in self.policies if one.arrears is not None]
        return max(
            found,
            key=lambda one: (one.suspend_after_days, one.terminate_after_suspended_days),
            default=None,
        )

    @property
    def prior_price_days(self) -> int | None:
        """Over how many days the price counts from which something is called reduced (R-A-055)."""
        days = [one.prior_price_days for one in self.policies]
        return max((one for one in days if one is not None), default=None)

    def order_button(self, country: str) -> OrderButton | None:
        """The words that the button which obliges to pay must show (R-A-050); None: any."""
        buttons = [one.order_buttons for one in self.policies if one.order_buttons]
        if not buttons:
            return None
        return buttons[-1].get(country) or buttons[-1].get("IE")


def bind(contract: Contract, obligations: Obligations, *, on: date) -> Binding:
    """The policies that hold for a contract on a day.

    A company is outside consumer law and inside everything else. Without a country every policy
    holds that any place could bring; without a region every policy of the country's regions.
    """
    country = _SAME_COUNTRY.get(contract.country.upper(), contract.country.upper())
    fitting = [
        policy
        for policy in obligations.policies
        if obligations.holds(policy, on=on)
        and (contract.is_consumer or not policy.is_consumer_law)
        and (not policy.product_classes or contract.product_class in policy.product_classes)
        and (not policy.methods or contract.method in policy.methods)
    ]
    if not fitting:
        return Binding(on, (), Why.NO_POLICY)
    if country in NO_COUNTRY:
        return Binding(on, tuple(fitting), Why.NO_PLACE)
    here = [policy for policy in fitting if not policy.countries or country in policy.countries]
    region = plain_region(contract.region)
    if not region:
        by_region = any(policy.regions for policy in here)
        return Binding(on, tuple(here), Why.NO_REGION if by_region else Why.PLACE)
    kept = tuple(policy for policy in here if not policy.regions or region in policy.regions)
    return Binding(on, kept, Why.PLACE if kept else Why.NO_POLICY)


@dataclass(frozen=True, slots=True)
class CancelLimits:
    """How one visit of somebody who wants to leave must look.

    `offers_at_most` is 0 where no offer may be shown; `button` and `confirm` are the words that
    the law fixes, or "". `stamps` are stored with the visit.
    """

    page: CancelPage
    offers_at_most: int
    offers_where: OfferPlace
    may_require_login: bool
    is_online: bool
    clicks_at_most: int
    button: str
    confirm: str
    voicemail_business_days: int | None
    lets_porting_pass: bool
    stamps: tuple[str, ...]

    @property
    def may_show_offers(self) -> bool:
        """Whether any offer may be shown."""
        return self.offers_at_most > 0 and self.offers_where is not OfferPlace.NOWHERE


def cancel_limits(binding: Binding) -> CancelLimits:
    """The strictest of what the policies say about leaving.

    Where none says anything, nothing is known about the law there: no offer, no login, two clicks.
    """
    rules = [policy.cancel for policy in binding.policies if policy.cancel is not None]
    places = list(OfferPlace)
    return CancelLimits(
        page=CancelPage.TWO_STEP if _any_page(rules, CancelPage.TWO_STEP) else CancelPage.PORTAL,
        offers_at_most=min((one.offers_at_most for one in rules), default=0),
        offers_where=max(
            (one.offers_where for one in rules), key=places.index, default=OfferPlace.NOWHERE
        ),
        may_require_login=bool(rules) and all(one.login is not Login.FORBIDDEN for one in rules),
        is_online=any(one.is_online for one in rules) or not rules,
        clicks_at_most=min((one.clicks_at_most for one in rules), default=2),
        button=next((one.button for one in rules if one.button), ""),
        confirm=next((one.confirm for one in rules if one.confirm), ""),
        voicemail_business_days=min(
            (one.voicemail_business_days for one in rules if one.voicemail_business_days),
            default=None,
        ),
        lets_porting_pass=binding.lets_porting_pass,
        stamps=tuple(binding.stamps),
    )


def _any_page(rules: Iterable[CancelRule], page: CancelPage) -> bool:
    return any(one.page is page for one in rules)
