"""What an action would change for a term, by the probability and by what we believe of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from tenure.decide.offers.prices import Floats, Ints, Priced
from tenure.strategy.handed import When
from tenure.strategy.offers import Offer, OfferKind

# Days of a month, on average, to turn the price of a term into the price of a day.
DAYS_PER_MONTH: Final = 365.25 / 12
_SURE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Facing:
    """N terms that face a choice, arrays of length N.

    `p_renew` is the probability (0 to 1) that the term is renewed if nothing is done, not a
    number where nobody scored it; `same` is the ordinary next term. `expected_terms` are the
    discounted terms expected before the renewal is decided (DERL), the one at stake among them:
    not a number where they are not known. Without them, and there, the term at stake alone counts.
    """

    p_renew: Floats
    cycle_months: Ints
    same: Priced
    expected_terms: Floats | None = None

    def beyond(self, times: Floats) -> Floats:
        """How many of the expected terms come after the first `times`; 0 where nobody knows."""
        if self.expected_terms is None:
            return np.zeros(len(self.p_renew))
        further: Floats = np.maximum(np.nan_to_num(self.expected_terms) - times, 0.0)
        return further


@dataclass(frozen=True, slots=True)
class Weighed:
    """For each action and term, arrays (A, N); amounts are estimates in minor units.

    `p_with` is the probability of renewing with the action, between `p_low` and `p_high`;
    `price_after` is what the term would cost the customer and `discount` what is taken off;
    `left` is what remains of the list price, as a share of it, after service, offer and contact;
    `cost` is the expected cost of the action and `margin` what it is expected to add to the
    margin, between `margin_low` and `margin_high`; by our doubt it is at least `margin_surely`
    with the sureness asked for. Of `margin`, `margin_of_term` comes in the term at stake.
    """

    months: Floats
    p_with: Floats
    p_low: Floats
    p_high: Floats
    price_after: Floats
    discount: Floats
    left: Floats
    cost: Floats
    margin: Floats
    margin_low: Floats
    margin_high: Floats
    margin_surely: Floats
    margin_of_term: Floats


@dataclass(frozen=True, slots=True)
class Believed:
    """What each action is believed to add to the log-odds of renewing, and our doubt, (A, N)."""

    lift: Floats
    sd: Floats


def assumed(offers: Sequence[Offer], lift_times: Floats) -> Believed:
    """What the operator states of each action; modifiers multiply the lift and the doubt.

    Leaving alone is what everything is compared with: there is nothing to be unsure of.
    """
    unsure = [0.0 if one.kind is OfferKind.NOTHING else one.prior_logit_sd for one in offers]
    lift = np.array([one.prior_logit_lift for one in offers])
    return Believed(lift[:, None] * lift_times, np.array(unsure)[:, None] * lift_times)


@dataclass(frozen=True, slots=True)
class Doubt:
    """How much of our doubt about an effect counts, 0 to 1.

    `confidence` is what the intervals hold, two-sided; `sureness` is the probability with which
    a gift must bring at least `margin_surely`.
    """

    confidence: float = 0.95
    sureness: float = 0.8


def weigh(
    facing: Facing,
    offers: Sequence[Offer],
    *,
    priced: Priced,
    believed: Believed,
    doubt: Doubt = Doubt(),
) -> Weighed:
    """Say of every action what it would cost and bring for every term.

    Args:
        facing: the terms, with the probability without any action.
        offers: the A actions.
        priced: list price and cost of the term that each action leads to, (A, N).
        believed: what each action does to the log-odds, as assumed or as learned.
        doubt: how much of our doubt the intervals hold.
    Returns:
        Not a number where the term is not sold or nobody scored it.
    References:
        science dossier §3 (d): p_a (V − discount) − cost − p_0 V; B4 where terms are expected
        beyond the one at stake; docs/algorithms/value-of-a-save.md.
    """
    each = [
        _weigh_one(
            facing,
            offer,
            priced=Priced(priced.price[place], priced.cost[place]),
            believed=Believed(believed.lift[place], believed.sd[place]),
            doubt=doubt,
        )
        for place, offer in enumerate(offers)
    ]
    return Weighed(
        **{one.name: np.stack([getattr(row, one.name) for row in each]) for one in fields(Weighed)}
    )


def lifted(p_renew: Floats, lift: Floats | float) -> Floats:
    """The probability after adding a lift to its log-odds: σ(logit(p) + lift)."""
    sure = np.clip(p_renew, _SURE, 1 - _SURE)
    odds = sure / (1 - sure) * np.exp(lift)
    moved: Floats = odds / (1 + odds)
    return np.where(np.asarray(lift) == 0, p_renew, moved)


def repeated(p_renew: Floats, times: Floats) -> Floats:
    """How many of the next `times` renewals happen: p + p² + … ; `times` may be broken."""
    sure = np.clip(p_renew, 0.0, 1 - _SURE)
    total: Floats = sure * (1 - sure**times) / (1 - sure)
    return total


def discount_minor(list_price: Floats, offer: Offer) -> Floats:
    """What is taken off a list price, in whole minor units, rounded half up as for the invoice."""
    parts = int(offer.discount_share * 10_000)
    assert offer.discount_share * 10_000 == parts, "a discount is a whole multiple of 0.01 %"
    off = np.floor(list_price * parts / 10_000 + 0.5) + offer.discount_amount.amount_minor
    least: Floats = np.minimum(off, list_price)
    return least


@dataclass(frozen=True, slots=True)
class _Bargain:
    """What one action gives, per term: arrays of length N.

    Those who renew pay `price − discount` with the share `uptake` of them, and pay as ever
    otherwise; `given_up` is what days of free service take from those who renew, and `given_away`
    what they cost for those who do not. `contact` is spent on everybody, with what is handed over
    at once; `handed` is what handing over costs for those who renew.
    """

    months: Floats
    uptake: Floats
    discount: Floats
    given_up: Floats
    given_away: Floats
    contact: float
    handed: float


def _bargain(facing: Facing, offer: Offer, *, priced: Priced) -> _Bargain:
    months = np.full(len(facing.cycle_months), float(offer.term_months or 0))
    months = np.where(months == 0, facing.cycle_months, months)
    share_of_term = offer.extension_days / (facing.cycle_months * DAYS_PER_MONTH)
    is_same = months == facing.cycle_months
    cost = float(offer.handed.cost.amount_minor) if offer.handed is not None else 0.0
    at_once = offer.handed is not None and offer.handed.when is When.AT_ONCE
    return _Bargain(
        months=months,
        uptake=np.where(is_same, 1.0, float(offer.prior_uptake_share)),
        discount=discount_minor(priced.price, offer),
        given_up=facing.same.price * share_of_term,
        given_away=facing.same.cost * share_of_term,
        contact=float(offer.contact_cost.amount_minor) + (cost if at_once else 0.0),
        handed=0.0 if at_once else cost,
    )


def _weigh_one(
    facing: Facing, offer: Offer, *, priced: Priced, believed: Believed, doubt: Doubt
) -> Weighed:
    bargain = _bargain(facing, offer, priced=priced)
    effects = [believed.lift + z * believed.sd for z in _quantiles(doubt)]
    chances = [lifted(facing.p_renew, effect) for effect in effects]
    margins = [_gain(facing, bargain, priced=priced, p_with=p) for p in chances]
    p_with, ends = chances[0], chances[1:3]
    paid_back = bargain.uptake * bargain.discount + bargain.given_up + bargain.handed
    spent = bargain.discount + bargain.given_up + bargain.handed + bargain.contact
    remains = priced.price - priced.cost - spent
    return Weighed(
        months=bargain.months,
        p_with=p_with,
        p_low=np.minimum(*ends),
        p_high=np.maximum(*ends),
        price_after=priced.price - bargain.discount,
        discount=bargain.discount + bargain.given_up,
        left=remains / np.where(priced.price > 0, priced.price, np.nan),
        cost=bargain.contact + p_with * paid_back + (1 - p_with) * bargain.given_away,
        margin=margins[0],
        margin_low=np.minimum(margins[1], margins[2]),
        margin_high=np.maximum(margins[1], margins[2]),
        margin_surely=margins[3],
        margin_of_term=margins[0] - _later(facing, bargain, p_with=p_with),
    )


def at_stake(facing: Facing, offers: Sequence[Offer], *, priced: Priced) -> tuple[Floats, Floats]:
    """What a renewal is worth under each action, and what the action costs whatever follows.

    Both are (A, N): the expected gain is `p_with` × worth − cost, a straight line in `p_with`.
    """
    worth, cost = np.empty(priced.price.shape), np.empty(priced.price.shape)
    for place, offer in enumerate(offers):
        own = Priced(priced.price[place], priced.cost[place])
        bargain = _bargain(facing, offer, priced=own)
        nobody, everybody = (
            _gain(facing, bargain, priced=own, p_with=np.full(len(facing.p_renew), p))
            for p in (0.0, 1.0)
        )
        worth[place], cost[place] = everybody - nobody, -nobody
    return worth, cost


def _quantiles(doubt: Doubt) -> tuple[float, ...]:
    """The middle, both ends of the interval, and what is exceeded with the sureness."""
    normal = NormalDist()
    z = normal.inv_cdf((1 + doubt.confidence) / 2)
    return 0.0, -z, z, -normal.inv_cdf(doubt.sureness)


def _gain(
    facing: Facing, bargain: _Bargain, *, priced: Priced, p_with: npt.NDArray[np.float64]
) -> Floats:
    """Expected margin with the action minus without, over the longer of the two terms.

    Over two years, one term of two years stands against two renewals of one year, the second of
    which happens only if the first did.
    """
    usual = facing.same.price - facing.same.cost
    times = np.maximum(bargain.months / facing.cycle_months, 1.0)
    without = usual * repeated(facing.p_renew, times)
    taken = priced.price - priced.cost - bargain.discount
    otherwise = usual * (1 + repeated(facing.p_renew, times - 1))
    renewing = bargain.uptake * taken + (1 - bargain.uptake) * otherwise
    renewing -= bargain.given_up + bargain.handed
    gain: Floats = p_with * renewing - (1 - p_with) * bargain.given_away - bargain.contact - without
    return gain + _later(facing, bargain, p_with=p_with)


def _later(facing: Facing, bargain: _Bargain, *, p_with: Floats) -> Floats:
    """What a change of the probability brings after the terms that `_gain` compares.

    Together they are margin × ΔP × DERL − cost (B4). Only the change counts: whoever renews anyway
    would have stayed on without the action too.
    """
    usual = facing.same.price - facing.same.cost
    times = np.maximum(bargain.months / facing.cycle_months, 1.0)
    later: Floats = (p_with - facing.p_renew) * usual * facing.beyond(times)
    return later
