"""B4: a save is worth margin × ΔP × DERL − cost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.decide.offers.prices import Priced
from tenure.decide.offers.rules import Facing, Weighed, assumed, at_stake, weigh
from tenure.kernel.money import Money
from tenure.strategy.offers import Offer
from tests.decide.offers.bargains import a_discount, an_offer, facing

# Before the 1st and the 2nd renewal of the published cohort, at 10 % a year.
FIRST, SECOND = 2.964, 4.103


def staying(terms: float, p_renew: float = 0.6) -> Facing:
    known = facing(p_renew)
    return Facing(known.p_renew, known.cycle_months, known.same, np.array([terms]))


def weigh_one(found: Facing, offer: Offer, *, times: float = 1.0) -> Weighed:
    return weigh(
        found,
        [offer],
        priced=Priced(found.same.price[None] * times, found.same.cost[None] * times),
        believed=assumed([offer], np.ones((1, 1))),
    )


def test_b4_a_save_is_margin_times_change_times_terms_less_cost() -> None:
    """p 0.6 → 0.75; a year leaves 432.00; a tenth off for who renews and a letter of 0.05.

    432.00 × 0.15 × 2.964 = 192.0672, less 0.75 × 82.80 + 0.05 = 62.15, is 129.9172. Of that the
    term at stake brings 432.00 × 0.15 − 62.15 = 2.65; the rest comes after it.
    """
    offer = a_discount("0.10", prior_logit_lift=np.log(2), contact_cost=Money(5, "CNY"))

    weighed = weigh_one(staying(FIRST), offer)

    assert weighed.margin[0, 0] == pytest.approx(12_991.72)
    assert weighed.margin_of_term[0, 0] == pytest.approx(265)
    assert weighed.cost[0, 0] == pytest.approx(6_215)


def test_b4_who_has_stayed_longer_is_worth_more_to_keep() -> None:
    """432.00 × 0.15 × 4.103 − 62.15 = 203.7244 before the second renewal."""
    offer = a_discount("0.10", prior_logit_lift=np.log(2), contact_cost=Money(5, "CNY"))

    assert weigh_one(staying(SECOND), offer).margin[0, 0] == pytest.approx(20_372.44)


def test_b4_who_renews_anyway_is_only_given_money_away_for_a_lifetime_too() -> None:
    """No change of the probability, no value: not a customer's worth is counted, but the change."""
    offer = a_discount("0.10", contact_cost=Money(5, "CNY"))

    weighed = weigh_one(staying(20.0, p_renew=0.97), offer)

    assert weighed.margin[0, 0] == pytest.approx(-weighed.cost[0, 0])


def test_b4_a_sleeping_dog_that_is_woken_costs_all_its_terms() -> None:
    """p 0.6 → 0.4286: 432.00 × −0.171429 × 2.964."""
    offer = an_offer(prior_logit_lift=-np.log(2))

    margin = weigh_one(staying(FIRST), offer).margin[0, 0]

    assert margin == pytest.approx(43_200 * (3 / 7 - 0.6) * FIRST)


@pytest.mark.parametrize("terms", [float("nan"), 0.4, 1.0])
def test_where_no_further_term_is_known_the_term_counts(terms: float) -> None:
    offer = a_discount("0.10", prior_logit_lift=np.log(2), contact_cost=Money(5, "CNY"))

    weighed = weigh_one(staying(terms), offer)

    assert weighed.margin[0, 0] == weighed.margin_of_term[0, 0] == pytest.approx(265)


def test_terms_that_are_compared_already_are_not_counted_twice() -> None:
    """Two years against two of one: of 2.964 terms 0.964 come after both."""
    offer = a_discount("0.20", term_months=24, prior_logit_lift=np.log(2))

    far = weigh_one(staying(FIRST), offer, times=2.0)
    near = weigh_one(facing(0.6), offer, times=2.0)

    later = (far.p_with[0, 0] - 0.6) * 43_200 * (FIRST - 2)
    assert far.margin[0, 0] == pytest.approx(near.margin[0, 0] + later)


def test_what_effects_are_learned_for_is_a_straight_line_in_the_probability_too() -> None:
    offer = a_discount("0.20", term_months=24, prior_logit_lift=0.3, contact_cost=Money(5, "CNY"))
    found = staying(FIRST)
    priced = Priced(found.same.price[None] * 2, found.same.cost[None] * 2)

    worth, cost = at_stake(found, [offer], priced=priced)

    weighed = weigh_one(found, offer, times=2.0)
    assert weighed.margin == pytest.approx(weighed.p_with * worth - cost)


@given(
    p=st.floats(0.01, 0.99), lift=st.floats(-1, 1), terms=st.floats(1, 60), more=st.floats(0, 10)
)
def test_more_terms_only_ever_say_the_same_louder(
    p: float, lift: float, terms: float, more: float
) -> None:
    """A law: what further terms add has the sign of the change, and grows with them."""
    offer = an_offer(prior_logit_lift=lift, contact_cost=Money(5, "CNY"))

    near, far = (weigh_one(staying(one, p), offer) for one in (terms, terms + more))

    added = far.margin[0, 0] - near.margin[0, 0]
    assert added * np.sign(lift) >= -1e-6
    assert far.margin_of_term[0, 0] == pytest.approx(near.margin_of_term[0, 0], abs=1e-6)
    assert far.cost[0, 0] == near.cost[0, 0]
