"""What an action is worth, by arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.decide.offers.prices import Priced
from tenure.decide.offers.rules import Facing, Weighed, assumed, at_stake, lifted, repeated, weigh
from tenure.kernel.money import Money
from tenure.strategy.offers import Offer, OfferKind
from tests.decide.offers.bargains import a_discount, an_offer, facing


def weigh_one(found: Facing, offer: Offer, *, priced: Priced | None = None) -> Weighed:
    same = priced or found.same
    return weigh(
        found,
        [offer],
        priced=Priced(same.price[None], same.cost[None]),
        believed=assumed([offer], np.ones((1, len(found.p_renew)))),
    )


def test_leaving_alone_changes_nothing_and_costs_nothing() -> None:
    weighed = weigh_one(facing(0.6), an_offer(kind=OfferKind.NOTHING, prior_logit_sd=0.1))

    assert weighed.p_with.tolist() == weighed.p_low.tolist() == weighed.p_high.tolist() == [[0.6]]
    assert weighed.cost.tolist() == [[0.0]]
    assert weighed.margin.tolist() == [[0.0]]


def test_a_lift_is_added_to_the_log_odds() -> None:
    """Odds of 0.6 are 1.5; doubled they are 3, which is 0.75."""
    assert lifted(np.array([0.6]), np.log(2)).tolist() == pytest.approx([0.75])
    assert lifted(np.array([0.6]), 0.0).tolist() == [0.6]


def test_the_discount_is_paid_by_everyone_who_renews() -> None:
    """OFR-02, ROI-01: p 0.6 → 0.75 at 828.00 less 10 %, service 396.00, a letter of 0.05.

    0.75 × (432.00 − 82.80) − 0.05 − 0.6 × 432.00 = 2.65; the discount alone costs 0.75 × 82.80.
    """
    offer = a_discount("0.10", prior_logit_lift=np.log(2), contact_cost=Money(5, "CNY"))

    weighed = weigh_one(facing(0.6), offer)

    assert weighed.p_with[0, 0] == pytest.approx(0.75)
    assert weighed.margin[0, 0] == pytest.approx(265)
    assert weighed.cost[0, 0] == pytest.approx(0.75 * 8_280 + 5)
    assert weighed.price_after[0, 0] == 74_520
    assert weighed.left[0, 0] == pytest.approx((82_800 - 8_280 - 39_600 - 5) / 82_800)


def test_who_renews_anyway_is_only_given_money_away() -> None:
    offer = a_discount("0.10", prior_logit_lift=np.log(2))

    assert weigh_one(facing(0.97), offer).margin[0, 0] < 0


def test_two_years_stand_against_two_renewals_of_one() -> None:
    """p 0.3 → 0.5: 0.5 × (1,324.80 − 792.00) − 432.00 × (0.3 + 0.09) = 97.92."""
    offer = a_discount("0.20", term_months=24, prior_logit_lift=float(np.log(7 / 3)))
    priced = Priced(price=np.array([165_600.0]), cost=np.array([79_200.0]))

    weighed = weigh_one(facing(0.3), offer, priced=priced)

    assert weighed.margin[0, 0] == pytest.approx(9_792)
    assert weighed.months[0, 0] == 24


def test_who_does_not_take_the_longer_term_renews_as_ever() -> None:
    """With a quarter of takers: 0.5 × (¼ × 532.80 + ¾ × 432.00 × 1.3) − 168.48 = 108.72."""
    from decimal import Decimal

    offer = a_discount(
        "0.20",
        term_months=24,
        prior_logit_lift=float(np.log(7 / 3)),
        prior_uptake_share=Decimal("0.25"),
    )
    priced = Priced(price=np.array([165_600.0]), cost=np.array([79_200.0]))

    weighed = weigh_one(facing(0.3), offer, priced=priced)

    assert weighed.margin[0, 0] == pytest.approx(10_872)
    assert weighed.cost[0, 0] == pytest.approx(0.5 * 0.25 * 33_120)


def test_free_days_are_given_to_everyone_and_earn_from_nobody() -> None:
    """OFR-08: 7 of 365.25 days of 828.00 for those who renew, of 396.00 of service for the rest."""
    offer = an_offer(kind=OfferKind.EXTENSION, extension_days=7)
    share = 7 / 365.25

    weighed = weigh_one(facing(0.6), offer)

    assert weighed.cost[0, 0] == pytest.approx(share * (0.6 * 82_800 + 0.4 * 39_600))
    assert weighed.margin[0, 0] == pytest.approx(-weighed.cost[0, 0])


def test_the_interval_holds_our_doubt_about_the_effect() -> None:
    """1.96 standard deviations of 0.2 on each side of a lift of 0.4."""
    offer = an_offer(prior_logit_lift=0.4, prior_logit_sd=0.2)

    weighed = weigh_one(facing(0.5), offer)

    assert weighed.p_low[0, 0] == pytest.approx(1 / (1 + np.exp(-0.4 + 0.391993)))
    assert weighed.p_high[0, 0] == pytest.approx(1 / (1 + np.exp(-0.4 - 0.391993)))
    assert weighed.margin_low[0, 0] < weighed.margin[0, 0] < weighed.margin_high[0, 0]


def test_how_sure_a_gift_is_to_pay() -> None:
    """Exceeded four times in five: 0.841621 standard deviations below the expected lift."""
    offer = an_offer(prior_logit_lift=0.4, prior_logit_sd=0.2)

    weighed = weigh_one(facing(0.5), offer)

    p_surely = 1 / (1 + np.exp(-0.4 + 0.2 * 0.841621))
    assert weighed.margin_surely[0, 0] == pytest.approx((p_surely - 0.5) * 43_200, rel=1e-5)


def test_a_modifier_multiplies_the_lift_and_the_doubt() -> None:
    offer = an_offer(prior_logit_lift=0.4)
    found = facing(0.5)
    priced = Priced(found.same.price[None], found.same.cost[None])

    weighed = weigh(found, [offer], priced=priced, believed=assumed([offer], np.array([[1.5]])))

    assert weighed.p_with[0, 0] == pytest.approx(1 / (1 + np.exp(-0.6)))


def test_without_a_score_nothing_is_claimed() -> None:
    weighed = weigh_one(facing(float("nan")), a_discount())

    assert np.isnan([weighed.margin, weighed.cost, weighed.p_with]).all()
    assert weighed.discount.tolist() == [[8_280.0]]


@given(p=st.floats(0, 1), times=st.integers(0, 24))
def test_repeated_renewals_are_a_geometric_sum(p: float, times: int) -> None:
    by_hand = sum(p**k for k in range(1, times + 1))

    assert repeated(np.array([p]), np.array([float(times)]))[0] == pytest.approx(by_hand, abs=1e-3)


@given(p=st.floats(0.01, 0.99), share=st.integers(0, 40), deeper=st.integers(1, 40))
def test_a_deeper_discount_for_the_same_effect_is_never_worth_more(
    p: float, share: int, deeper: int
) -> None:
    shallow = a_discount(f"0.{share:02d}", prior_logit_lift=0.3)
    deep = a_discount(f"0.{share + deeper:02d}", prior_logit_lift=0.3)

    assert weigh_one(facing(p), deep).margin[0, 0] < weigh_one(facing(p), shallow).margin[0, 0]


@given(p=st.floats(0.01, 0.99), lift=st.floats(-1, 1), more=st.floats(0.001, 1))
def test_a_stronger_effect_at_the_same_price_is_always_worth_more(
    p: float, lift: float, more: float
) -> None:
    weak, strong = (a_discount(prior_logit_lift=one) for one in (lift, lift + more))

    assert weigh_one(facing(p), weak).margin[0, 0] < weigh_one(facing(p), strong).margin[0, 0]


def test_a_gain_is_a_straight_line_in_the_probability() -> None:
    offer = a_discount("0.20", term_months=24, prior_logit_lift=0.3, contact_cost=Money(5, "CNY"))
    found = facing(0.6)
    priced = Priced(found.same.price[None] * 2, found.same.cost[None] * 2)

    worth, cost = at_stake(found, [offer], priced=priced)
    weighed = weigh(found, [offer], priced=priced, believed=assumed([offer], np.ones((1, 1))))

    assert weighed.margin == pytest.approx(weighed.p_with * worth - cost)
