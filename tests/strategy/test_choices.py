"""Offers, guardrails, contact rules, experiments, churn and reasons as the operator set them."""

from datetime import UTC, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.instants import next_allowed
from tenure.kernel.money import Money
from tenure.strategy.churn import EstimatorKind
from tenure.strategy.contact import CapScope
from tenure.strategy.loading import preset, preset_names
from tenure.strategy.messages import Channel, MessageClass, Purpose
from tenure.strategy.offers import OfferKind
from tenure.strategy.rules import holds

BROADBAND = preset("broadband")


def test_offers_of_every_kind_with_an_honest_prior() -> None:
    offers = BROADBAND.offers.values()

    assert {offer.kind for offer in offers} == set(OfferKind)
    assert all(offer.prior_source.zh and offer.prior_source.en for offer in offers)
    assert [offer.id for offer in offers if offer.is_discount] == [
        "term_1y",
        "term_2y",
        "coupon_30",
    ]
    assert all(offer.is_marketing for offer in offers if offer.is_discount)


@pytest.mark.parametrize(
    ("offer", "price_minor", "discount_minor"),
    [
        ("nothing", 82800, 0),
        ("term_1y", 82800, 8280),
        ("term_2y", 165600, 33120),
        ("coupon_30", 82800, 3000),
        ("coupon_30", 2000, 2000),
        ("extra_week", 82800, 0),
    ],
)
def test_discount_of_an_offer(offer: str, price_minor: int, discount_minor: int) -> None:
    """OFR-01, OFR-02 and OFR-08; a discount never exceeds the price."""
    taken = BROADBAND.offers[offer].discount_of(Money(price_minor, "CNY"))

    assert taken == Money(discount_minor, "CNY")


def test_coupon_goes_to_the_silent_or_the_expiring_who_agreed() -> None:
    """OFR-02: targeted."""
    eligible = BROADBAND.offers["coupon_30"].eligible
    silent = {"marketing_consent": 1, "days_since_login": 40, "days_left": 60}

    assert holds(eligible, silent)
    assert holds(eligible, {**silent, "days_since_login": 1, "days_left": 3})
    assert not holds(eligible, {**silent, "days_since_login": 1})
    assert not holds(eligible, {**silent, "marketing_consent": 0})


def test_extension_is_seven_days_once_a_term() -> None:
    """OFR-08."""
    offer = BROADBAND.offers["extra_week"]

    assert (offer.extension_days, offer.uses_per_term) == (7, 1)


def test_guardrails_of_the_broadband_operator() -> None:
    """GRD-01: floor, budget, yearly cap, cooling-off."""
    guardrails = BROADBAND.guardrails

    assert guardrails.floor_margin_share == Decimal("0.20")
    assert guardrails.monthly_budget == Money(4_000_000, "CNY")
    assert guardrails.max_discount_share == Decimal("0.20")
    assert guardrails.no_promotion_during_fault
    assert guardrails.no_promotion_after_complaint_days == 7
    assert guardrails.no_discount_above_p_renew == Decimal("0.95")


@pytest.mark.parametrize("name", preset_names())
def test_term_discounts_stay_within_the_guardrails(name: str) -> None:
    strategy = preset(name)

    for offer in strategy.offers.values():
        assert offer.discount_share <= strategy.guardrails.max_discount_share


@pytest.mark.parametrize("name", preset_names())
def test_marketing_caps_are_those_of_the_convention(name: str) -> None:
    """R-P-024 and JRN-08: marketing 1 a day, 3 a week, 8 a month, per person over all channels."""
    contact = preset(name).contact

    marketing = contact.caps_for(MessageClass.MARKETING, purpose=Purpose.OFFER)
    reminders = contact.caps_for(MessageClass.TRANSACTIONAL, purpose=Purpose.REMINDER)

    assert [(cap.at_most, cap.days, cap.scope) for cap in marketing] == [
        (1, 1, CapScope.PERSON),
        (3, 7, CapScope.PERSON),
        (8, 30, CapScope.PERSON),
    ]
    assert [(cap.at_most, cap.days, cap.scope) for cap in reminders] == [
        (1, 1, CapScope.PERSON_CHANNEL)
    ]
    assert contact.caps_for(MessageClass.TRANSACTIONAL, purpose=Purpose.RECEIPT) == ()
    assert contact.caps_for(MessageClass.LEGAL_NOTICE, purpose=Purpose.NOTICE) == ()


@pytest.mark.parametrize(
    ("message_class", "country", "channel", "hours"),
    [
        (MessageClass.MARKETING, "CN", Channel.SMS, (time(8), time(21))),
        (MessageClass.MARKETING, "CN", Channel.PHONE, (time(9), time(20))),
        (MessageClass.MARKETING, "DE", Channel.PHONE, (time(8), time(20))),
        (MessageClass.LEGAL_NOTICE, "CN", Channel.EMAIL, (time(7), time(22))),
    ],
)
def test_most_particular_window_counts(
    message_class: MessageClass, country: str, channel: Channel, hours: tuple[time, time]
) -> None:
    """R-P-023, STD-04."""
    found = BROADBAND.contact.window_for(message_class, country=country, channel=channel)

    assert (found.window.opens, found.window.closes) == hours
    assert found.yields_to_deadline == (message_class is MessageClass.LEGAL_NOTICE)


def test_no_marketing_call_on_a_sunday() -> None:
    """STD-04: weekday windows, in the recipient's zone."""
    window = BROADBAND.contact.window_for(
        MessageClass.MARKETING, country="CN", channel=Channel.PHONE
    ).window
    saturday_evening = datetime(2026, 6, 6, 12, 30, tzinfo=UTC)

    found = next_allowed(saturday_evening, window=window, zone="Asia/Shanghai")

    assert found == datetime(2026, 6, 8, 1, 0, tzinfo=UTC)


def test_holdout_is_five_percent_and_sticky() -> None:
    """TOP-04: of 20,000 accounts 1,000 are expected, standard deviation 30.8."""
    experiments = BROADBAND.experiments

    held = [n for n in range(20_000) if experiments.is_held_out(f"broadband:{n}")]

    assert experiments.holdout_below == 500
    assert abs(len(held) - 1000) < 124
    assert held == [n for n in range(20_000) if experiments.bucket_of(f"broadband:{n}") < 500]


def test_exploration_is_independent_of_the_holdout() -> None:
    experiments = BROADBAND.experiments
    units = [f"broadband:{n}" for n in range(20_000)]

    both = sum(experiments.is_held_out(one) and experiments.explores(one) for one in units)

    assert abs(both - 100) < 40


@pytest.mark.parametrize(
    ("probability", "band"),
    [(0.0, 1), (0.0999, 1), (0.10, 2), (0.2499, 2), (0.25, 3), (0.4999, 3), (0.50, 4), (1.0, 4)],
)
def test_risk_bands_are_half_open(probability: float, band: int) -> None:
    assert BROADBAND.churn.band_of(probability).number == band


def test_churn_defaults_to_a_random_forest() -> None:
    """PRD-01."""
    churn = BROADBAND.churn

    assert churn.estimator is EstimatorKind.RANDOM_FOREST
    assert churn.edges == (Decimal("0.10"), Decimal("0.25"), Decimal("0.50"))
    assert churn.lead_days == (90, 60, 30, 14, 3)


@pytest.mark.parametrize("name", preset_names())
def test_reasons_cover_the_known_causes_of_churn(name: str) -> None:
    """CHR-01: homogenised service, price, competitors, missing features, poor service."""
    reasons = preset(name).reasons

    assert reasons.keys() >= {
        "undifferentiated",
        "price",
        "competitor",
        "missing_feature",
        "service_quality",
        "fault",
        "not_used",
        "moved",
        "support",
        "payment",
        "other",
    }
    assert not reasons["moved"].is_actionable
    assert reasons["price"].is_actionable


@given(probability=st.floats(0, 1))
def test_every_probability_has_exactly_one_band(probability: float) -> None:
    churn = BROADBAND.churn

    fitting = [
        band
        for band, above in zip(churn.bands, [*churn.edges, Decimal(2)], strict=True)
        if band.from_share <= Decimal(probability) < above
    ]
    assert fitting == [churn.band_of(probability)]


def test_modifiers_raise_an_effect_where_their_rule_holds() -> None:
    (modifier,) = BROADBAND.offers["care_call"].modifiers

    assert modifier.times == 1.4
    assert holds(modifier.when, {"complaints_180": 1})
    assert not holds(modifier.when, {"complaints_180": 0})
