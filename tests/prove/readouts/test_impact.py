"""EXP-01, EXP-04: what a month would bring is told with its interval, or why it is not told."""

from typing import Any

import pytest

from tenure.kernel.failures import Sentence
from tenure.prove.readouts.impact import (
    NOBODY,
    Given,
    Impact,
    Range,
    Silence,
    given_to,
    impact,
    monthly,
)
from tenure.prove.readouts.models import Readout
from tenure.records.experiments.models import Assignment, Experiment
from tenure.strategy.experiments import Arm, Comparison
from tests.builders import AS_OF, a_term, day
from tests.prove.readouts.test_reading_out import a_decision

ARMS = {
    "coupon": Given(
        customers=580, terms=600, offers=600, cost_minor=1_200_000, unseen_minor=30_000
    ),
    "credit": Given(customers=590, terms=600, offers=300, cost_minor=900_000, unseen_minor=900_000),
}


def a_readout(**given: Any) -> Readout:
    known: dict[str, Any] = {
        "experiment_key": "two", "subject": "credit", "control": "coupon", "as_of": AS_OF,
        "matured_until": day(-30), "verdict": "helps", "diff": 0.04, "low": 0.01, "high": 0.0625,
        "srm": "fine", "metric": "renewal", "currency": "CNY", "margin_minor": 400_000,
        "margin_low_minor": 100_000, "margin_high_minor": 700_000,
        "arms": {"credit": {"terms": 200}, "coupon": {"terms": 210}},
    }  # fmt: skip
    return Readout(**(known | given))


def test_a_month_is_as_many_as_came_and_what_one_of_them_costs() -> None:
    """1,170 customers and 1,200 terms in 90 days: 390 and 400 a month.

    The credit went to half of its arm at 30.00 each: 200 a month for 6,000.00; a coupon to all of
    its arm, 20.00 each. 400 terms × 0.04 = 16 renewals more. The margin of 200 known terms is
    20.00 each, 8,000.00 for 400; of it go 15.00 − 0.50 that no price shows, for each of 400.
    """
    found = monthly(a_readout(), ARMS, days=90, is_offer=True)

    assert (found.silence, found.customers, found.offers) == (None, 390, 200)
    assert (found.cost_minor, found.control_cost_minor) == (600_000, 800_000)
    assert found.renewals == Range(16.0, 4.0, 25.0)
    unseen = 400 * (1_500 - 50)
    assert found.margin_minor == Range(
        2_000 * 400 - unseen, 500 * 400 - unseen, 3_500 * 400 - unseen
    )


@pytest.mark.parametrize(
    ("given", "silence"),
    [
        ({"verdict": "too_early"}, Silence.TOO_EARLY),
        ({"verdict": "too_few"}, Silence.TOO_FEW),
        ({"verdict": "uneven"}, Silence.UNEVEN),
        ({"srm": "alarm"}, Silence.UNEVEN),
    ],
)
def test_what_the_readout_does_not_say_is_not_projected(
    given: dict[str, str], silence: Silence
) -> None:
    found = monthly(a_readout(**given), ARMS, days=90, is_offer=True)

    assert (found.silence, found.renewals, found.margin_minor) == (silence, None, None)
    assert found.customers == 390


def test_nothing_is_made_of_nothing() -> None:
    """An arm without anybody, a stay, days that are too few: no number that looks neutral."""
    nobody = monthly(a_readout(), ARMS | {"credit": NOBODY}, days=90, is_offer=True)
    stay = a_readout(metric="stay", diff=9.0, margin_minor=None, margin_low_minor=None,
                     margin_high_minor=None)  # fmt: skip
    staying = monthly(stay, ARMS, days=90, is_offer=False)
    arms = {one: Arm(one, 1, "", sends=True) for one in ("coupon", "credit")}
    fresh = Comparison(
        "two",
        Sentence(zh="甲", en="a"),
        "",
        "",
        "salt",
        starts_on=day(-26),
        planned_on=day(90),
        arms=arms,
    )

    assert nobody == Impact(Silence.TOO_FEW, days=90)
    assert (staying.renewals, staying.margin_minor, staying.offers) == (None, None, None)
    assert impact(a_readout(), fresh, is_offer=True) == Impact(Silence.TOO_EARLY, days=27)


def test_who_came_and_what_they_were_given_is_read_between_two_days(either_database: str) -> None:
    """Two terms of one customer, one that came too early, and an offer of another arm's name."""
    experiment = Experiment.objects.create(
        key="two", kind="arms", salt="s", arms={"coupon": 1, "credit": 1}, started_on=day(-80)
    )
    first = a_term()
    terms = [first, a_term(account=first.account), a_term(), a_term()]
    days = (day(-50), day(-20), day(-89), day(-95))
    for one, on, arm in zip(terms, days, ("credit", "credit", "coupon", "coupon"), strict=True):
        Assignment.objects.create(
            experiment=experiment, account=one.account, term=one, arm=arm, assigned_on=on
        )
    given = {"as_of": day(-20), "cost_minor": 3_000, "contact_cost_minor": 100}
    a_decision(first.pk, account_id=first.account_id, action="credit", kind="credit", **given)
    a_decision(terms[1].pk, account_id=first.account_id, action="coupon", kind="coupon", **given)
    coupon = terms[2]
    a_decision(coupon.pk, account_id=coupon.account_id, action="coupon", kind="coupon", **given)
    a_decision(coupon.pk, account_id=coupon.account_id, action="coupon", kind="coupon", step="t7",
               **given | {"outcome": "waiting"})  # fmt: skip

    found = given_to(a_readout(), since=day(-89), until=AS_OF, is_offer=True)
    plain = given_to(a_readout(), since=day(-89), until=AS_OF, is_offer=False)

    assert found == {
        "credit": Given(1, terms=2, offers=1, cost_minor=3_000, unseen_minor=3_000),
        "coupon": Given(1, terms=1, offers=1, cost_minor=3_000, unseen_minor=100),
    }
    assert plain["credit"] == Given(1, terms=2, offers=0, cost_minor=0, unseen_minor=0)
