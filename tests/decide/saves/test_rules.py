"""CXL-01, CXL-02, STD-05: at most one offer, relevant, never worse, and a lot that is fair."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.decide.saves.reasons import WHYS
from tenure.decide.saves.refunds import PaidTerm, Refund, refund_due
from tenure.decide.saves.rules import (
    ACCEPTED,
    Met,
    Net,
    Situation,
    choose,
    is_held_out,
    next_rung,
)
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.strategy.duties import ProductClass
from tenure.strategy.loading import preset
from tenure.strategy.saves import SaveKind

SAVES = replace(preset("broadband").saves, holdout_share=Decimal(0))
TODAY = date(2026, 6, 15)
NOW = Net(Money(82_800, "CNY"), 12)
BETTER = Net(Money(66_240, "CNY"), 12)
EVERY = dict.fromkeys(SAVES.offers, BETTER)
FACTS = {"tenure_days": 400, "cycle_months": 12, "days_left": 30, "plan_code": "home_300"}
HERE = Situation(
    on=TODAY,
    unit="crm/1",
    offers_allowed=1,
    facts={**FACTS, "is_business": 0},
    has=(NOW,),
    with_save=EVERY,
)


def met(save: str, *, days_ago: int, answer: str = "declined") -> Met:
    rung = SAVES.offers[save].rung
    return Met(save, rung, TODAY - timedelta(days=days_ago), answer)


def shown(situation: Situation) -> str | None:
    found = choose(situation, SAVES).save
    return found.id if found else None


def test_the_first_visit_finds_twenty_percent_and_a_later_one_three_months_more() -> None:
    """CXL-01: the ladder remembers across visits."""
    again = replace(HERE, met=[met("first_visit", days_ago=40)])
    third = replace(HERE, met=[met("first_visit", days_ago=80), met("later_visit", days_ago=40)])

    assert (shown(HERE), shown(again), shown(third)) == ("first_visit", "later_visit", None)
    assert choose(third, SAVES).whys["later_visit"] == "other_rung"


def test_coming_back_within_days_finds_the_same_step() -> None:
    """Whoever clicks twice to see what comes next sees the same."""
    assert shown(replace(HERE, met=[met("first_visit", days_ago=SAVES.repeat_days)])) == (
        "first_visit"
    )
    assert shown(replace(HERE, met=[met("first_visit", days_ago=SAVES.repeat_days + 1)])) == (
        "later_visit"
    )


def test_after_the_memory_the_ladder_begins_anew() -> None:
    assert next_rung([met("later_visit", days_ago=365)], on=TODAY, saves=SAVES) == 1
    assert next_rung([met("later_visit", days_ago=364)], on=TODAY, saves=SAVES) == 3


def test_price_as_the_reason_finds_the_smaller_plan_and_then_the_pause() -> None:
    """CXL-02: downgrade but keep, offered when the reason is price."""
    over_price = replace(HERE, reason="price")
    known = [met("smaller_plan", days_ago=30)]

    assert shown(over_price) == "smaller_plan"
    assert choose(over_price, SAVES).whys["first_visit"] == "another_first"
    assert shown(replace(over_price, met=known)) == "pause"
    assert choose(HERE, SAVES).whys["smaller_plan"] == "other_reason"


def test_an_open_fault_is_mended_and_nothing_is_sold() -> None:
    """TOP-11: fault before offer."""
    chosen = choose(replace(HERE, has_open_fault=True, reason="price"), SAVES)

    assert chosen.save is not None
    assert chosen.save.kind is SaveKind.REPAIR
    assert set(chosen.whys.values()) == {"", "open_fault"}
    assert choose(HERE, SAVES).whys["repair_first"] == "no_fault"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"offers_allowed": 0}, "jurisdiction"),
        ({"is_porting": True}, "porting"),
        ({"reason": "porting"}, "bypass"),
        ({"is_held_out": True}, "holdout"),
        ({"met": [met("first_visit", days_ago=300, answer=ACCEPTED)]}, "abuse_limit"),
    ],
)
def test_what_forbids_every_offer(change: dict[str, object], why: str) -> None:
    """R-A-018 (porting), R-A-086 (holdout), the law of the place, and the abuse limit."""
    chosen = choose(replace(HERE, **change), SAVES)  # type: ignore[arg-type]

    assert chosen.save is None
    assert set(chosen.whys.values()) == {why}
    assert list(chosen.whys) == list(SAVES.offers)


def test_an_offer_is_never_worse_than_what_the_customer_has() -> None:
    """STD-05: someone on an old price of half the list is not offered 20 % off the list."""
    cheap = replace(HERE, has=(Net(Money(41_400, "CNY"), 12),))
    decided = replace(HERE, has=(NOW, Net(Money(120_000, "CNY"), 24)))

    assert choose(cheap, SAVES).whys["first_visit"] == "not_better"
    assert choose(decided, SAVES).whys["first_visit"] == "not_better"


@given(
    now=st.integers(1, 10**7),
    offered=st.integers(0, 10**7),
    months=st.tuples(st.integers(1, 24), st.integers(1, 27)),
    reason=st.sampled_from(["", "price", "other"]),
)
def test_no_price_that_is_shown_costs_more_a_month(
    now: int, offered: int, months: tuple[int, int], reason: str
) -> None:
    """The law behind STD-05, in whole numbers: offered / its months < now / its months."""
    priced = Net(Money(offered, "CNY"), months[1])
    situation = replace(
        HERE,
        reason=reason,
        has=(Net(Money(now, "CNY"), months[0]),),
        with_save=dict.fromkeys(SAVES.offers, priced),
    )

    found = choose(situation, SAVES).save

    if found is not None and found.kind is not SaveKind.PAUSE:
        assert offered * months[0] < now * months[1]


@given(
    reason=st.sampled_from(["", *preset("broadband").reasons]),
    fault=st.booleans(),
    allowed=st.integers(0, 1),
    ages=st.lists(
        st.tuples(st.sampled_from(sorted(SAVES.offers)), st.integers(0, 500)), max_size=5
    ),
)
def test_at_most_one_is_shown_and_every_other_has_its_sentence(
    reason: str, fault: bool, allowed: int, ages: list[tuple[str, int]]
) -> None:
    situation = replace(
        HERE,
        reason=reason,
        has_open_fault=fault,
        offers_allowed=allowed,
        met=[met(save, days_ago=age) for save, age in ages],
    )

    chosen = choose(situation, SAVES)

    assert list(chosen.whys.values()).count("") == (chosen.save is not None)
    assert allowed or chosen.save is None
    assert set(chosen.whys.values()) <= WHYS.keys()


def test_the_lot_keeps_back_one_in_twenty_by_offer_and_shows_them_nothing_else() -> None:
    """R-A-086: sticky, about 5 %, another draw for each offer, and only the chosen offer's."""
    saves = preset("broadband").saves
    units = [f"crm/{number}" for number in range(4_000)]
    save, other = saves.offers["first_visit"], saves.offers["later_visit"]
    held = {unit for unit in units if is_held_out(save, unit, saves=saves)}
    both = {unit for unit in held if is_held_out(other, unit, saves=saves)}

    chosen = choose(replace(HERE, unit=min(held)), saves)

    assert 150 < len(held) < 250
    assert len(both) < 30
    assert (chosen.save, chosen.held_out_of) == (None, "first_visit")
    assert chosen.whys["first_visit"] == "offer_holdout"
    assert held == {unit for unit in units if is_held_out(save, unit, saves=saves)}


YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
PAID = PaidTerm(Money(36_500, "CNY"), date(2026, 1, 1), YEAR, was_served_before=False)


@pytest.mark.parametrize(
    ("place", "on", "expected"),
    [
        (("CN", 7), date(2026, 1, 8), Refund(Money(36_500, "CNY"), "cn_prepaid_7d")),
        (("CN", 7), date(2026, 1, 9), Refund(Money(35_700, "CNY"), "unused_days")),
        (("EU", 14), date(2026, 1, 15), Refund(Money(35_100, "CNY"), "withdrawal")),
        (("US-CA", 0), date(2026, 12, 31), Refund(Money(100, "CNY"), "unused_days")),
        (("US-CA", 0), date(2027, 1, 1), None),
    ],
)
def test_what_comes_back_by_law_or_by_promise(
    place: tuple[str, int], on: date, expected: Refund | None
) -> None:
    """A day of the 365 is worth 100: 357 days are left on 9 January, 351 on the 15th."""
    found = refund_due(
        PAID, on=on, jurisdiction=place[0], withdrawal_days=place[1], refunds_unused=True
    )

    assert found == expected


def test_a_renewal_is_no_first_prepayment_and_nothing_is_promised_by_silence() -> None:
    """R-A-016: who had had the same service before gets the principal back only for days."""
    renewed = replace(PAID, was_served_before=True)
    place = {"jurisdiction": "CN", "withdrawal_days": 7}

    assert refund_due(renewed, on=date(2026, 1, 3), refunds_unused=False, **place) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "is_waived", "expected"),
    [
        (ProductClass.SERVICE, False, Refund(Money(35_100, "CNY"), "withdrawal")),
        (ProductClass.DIGITAL_CONTENT, False, Refund(Money(36_500, "CNY"), "withdrawal")),
        (ProductClass.DIGITAL_CONTENT, True, Refund(Money(35_100, "CNY"), "unused_days")),
        (ProductClass.GOODS, False, Refund(Money(36_500, "CNY"), "withdrawal")),
    ],
)
def test_what_a_withdrawal_brings_back_depends_on_what_was_sold(
    kind: ProductClass, *, is_waived: bool, expected: Refund
) -> None:
    """R-A-053: a service pro rata; digital content whole, unless the right was given up."""
    paid = replace(PAID, contract_class=kind, is_waived=is_waived)
    place = {"jurisdiction": "EU", "withdrawal_days": 14}

    found = refund_due(paid, on=date(2026, 1, 15), refunds_unused=True, **place)  # type: ignore[arg-type]
    after = refund_due(paid, on=date(2026, 1, 16), refunds_unused=False, **place)  # type: ignore[arg-type]

    assert found == expected
    assert after is None


def test_a_gift_lowers_the_worth_of_a_day() -> None:
    """12 months paid and 3 free: what was used counts at paid ÷ (paid + gift)."""
    gift = Period(date(2026, 1, 1), date(2027, 4, 1))  # 455 days
    paid = PaidTerm(Money(45_500, "CNY"), date(2026, 1, 1), gift, was_served_before=True)

    found = refund_due(
        paid, on=date(2026, 4, 11), jurisdiction="CN", withdrawal_days=7, refunds_unused=True
    )

    assert found == Refund(Money(35_500, "CNY"), "unused_days")  # 100 of 455 days were used
