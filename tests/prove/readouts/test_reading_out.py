"""Readouts of a business: what the holdout says, in numbers and in words."""

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tenure.decide.decisions.models import BudgetEntry, Decision
from tenure.kernel.failures import Sentence
from tenure.prove.readouts.actions import read_out
from tenure.prove.readouts.heterogeneity import differing, every_part, scope_of
from tenure.prove.readouts.models import Readout
from tenure.prove.readouts.queries import latest, told
from tenure.prove.readouts.watching import guards
from tenure.records.cancellations.models import Cancellation
from tenure.records.customers.models import Account
from tenure.records.experiments.models import Assignment, Experiment
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tests.builders import AS_OF, AT, day
from tests.prove.readouts.worlds import terms_of

if TYPE_CHECKING:
    from tests.understand.warehouses import Warehouse


NAME = Sentence(zh="续费项目", en="the programme")


@pytest.fixture
def broadband(either_database: str, settings: Any, tmp_path: Path) -> "Warehouse":
    from tests.understand.warehouses import with_strategy

    settings.TENURE_HOME = tmp_path
    warehouse = with_strategy("broadband")
    # As if it had been defined long before the first assignment.
    Entry.objects.filter(kind="experiment.defined").update(on=day(-400))
    return warehouse


def the_readout() -> Readout:
    found = latest("holdout", "treated")
    assert found is not None
    return found


def test_nothing_matured_yet_is_too_early(broadband: "Warehouse") -> None:
    """TOP-04: terms that ended 14 days ago may still be paid within grace."""
    terms_of("treated", count=20, renewed=15, ends_on=day(-14))
    terms_of("holdout", count=5, renewed=3, ends_on=day(-14))

    counts = read_out(as_of=AS_OF, at=AT)

    readout = the_readout()
    assert counts == {"readouts": 1, "matured": 0}
    assert (readout.verdict, readout.diff, readout.margin_minor) == ("too_early", None, None)
    assert told(readout, name=NAME).en.startswith("Too early")
    assert readout.arms["treated"]["assigned"] == 20


def test_fifteen_days_after_the_end_the_outcome_counts(broadband: "Warehouse") -> None:
    terms_of("treated", count=20, renewed=15, ends_on=day(-15))
    terms_of("holdout", count=5, renewed=3, ends_on=day(-15))

    counts = read_out(as_of=AS_OF, at=AT)

    readout = the_readout()
    assert counts["matured"] == 25
    assert readout.matured_until == day(-15)
    assert readout.arms["treated"] == {
        "assigned": 20,
        "accounts": 20,
        "terms": 20,
        "renewed": 15,
        "rate": 0.75,
    }
    assert readout.diff == pytest.approx(0.15)
    assert readout.renewals == pytest.approx(3)


def test_few_are_too_few_and_told_how_many_it_takes(broadband: "Warehouse") -> None:
    """TOP-04, EXP-01: 0.80 → 0.82 with 5 % held out takes 65,840 customers."""
    terms_of("treated", count=190, renewed=160)
    terms_of("holdout", count=10, renewed=8)

    read_out(as_of=AS_OF, at=AT)

    readout = the_readout()
    assert (readout.verdict, readout.has, readout.needs) == ("too_few", 200, 65_840)
    assert readout.p_value is None
    assert told(readout, name=NAME).en == (
        "Too few: 200 customers so far, and it takes 65,840 to see a change of 2 percentage points."
    )


def test_incremental_renewals_revenue_and_margin_against_the_holdout(
    broadband: "Warehouse",
) -> None:
    """ROI-01: 80 % against 60 % of 828.00, of which 432.00 is margin, on 400 treated terms."""
    terms_of("treated", count=400, renewed=320)
    terms_of("holdout", count=20, renewed=12)

    read_out(as_of=AS_OF, at=AT)

    readout = the_readout()
    assert readout.renewals == pytest.approx(80)
    assert readout.revenue_minor == pytest.approx(80 * 82_800, abs=1)
    assert readout.margin_minor == pytest.approx(80 * 43_200, abs=1)
    bounds = [readout.margin_low_minor, readout.margin_minor, readout.margin_high_minor]
    assert bounds == sorted(one for one in bounds if one is not None)
    assert (readout.offer_cost_minor, readout.channel_cost_minor, readout.subsidy_minor) == (
        0,
        0,
        0,
    )


def test_offer_cost_channel_cost_and_the_subsidy_of_sure_renewals(broadband: "Warehouse") -> None:
    """ROI-01: two discounts of 82.80; by the day's estimate 0.6 ⁄ 0.75 of each went to who would
    have renewed anyway. The prices already hold the discounts, so only contact is taken off.
    """
    ids = terms_of("treated", count=40, renewed=30, price_minor=74_520)
    terms_of("holdout", count=10, renewed=6)
    for term in ids[:2]:
        given = a_decision(term, cost_minor=6_215, p_without=0.6, p_with=0.75)
        entry = {"decision": given, "month_on": day(0).replace(day=1), "currency": "CNY"}
        BudgetEntry.objects.create(kind="commit", on=day(-60), amount_minor=6_215, **entry)
        BudgetEntry.objects.create(kind="settle", on=day(-30), amount_minor=2_070, **entry)

    read_out(as_of=AS_OF, at=AT)

    readout = the_readout()
    assert readout.channel_cost_minor == 10
    assert readout.offer_cost_minor == 2 * 8_280
    assert readout.subsidy_minor == int(2 * 8_280 * 0.6 / 0.75)
    # Per term 0.75 × (745.20 − 396.00) against 0.6 × 432.00, on 40 terms, less the contacts.
    assert readout.margin_minor == pytest.approx(40 * (0.75 * 34_920 - 0.6 * 43_200) - 10, abs=1)


def a_decision(term: int, **given: Any) -> Decision:
    defaults: dict[str, Any] = {
        "account_id": term,
        "term_id": term,
        "journey": "annual_renewal",
        "step": "t30",
        "as_of": day(-60),
        "outcome": "chosen",
        "action": "term_1y",
        "kind": "term_discount",
        "reason": "best_margin",
        "propensity": 1.0,
        "currency": "CNY",
        "contact_cost_minor": 5,
        "list_price_minor": 82_800,
        "price_minor": 74_520,
        "months": 12,
        "strategy_hash": "x",
        "decided_at": AT,
    }
    return Decision.objects.create(**defaults | given)


def test_arms_of_other_sizes_than_promised_are_not_believed(broadband: "Warehouse") -> None:
    """EXP-01, TOP-04: 300 treated and 300 held out where 95 and 5 of a hundred were promised."""
    terms_of("treated", count=300, renewed=200)
    terms_of("holdout", count=300, renewed=100)

    read_out(as_of=AS_OF, at=AT)

    readout = the_readout()
    assert (readout.srm, readout.verdict) == ("alarm", "uneven")
    assert readout.srm_p < 1e-6


def test_a_day_read_out_twice_holds_one_readout(broadband: "Warehouse") -> None:
    terms_of("treated", count=20, renewed=15)
    terms_of("holdout", count=5, renewed=3)
    read_out(as_of=AS_OF, at=AT)
    before = Readout.objects.values().get()

    read_out(as_of=AS_OF, at=AT)

    assert Readout.objects.values().get() == before


def test_a_past_day_read_out_again_says_what_was_known_then(broadband: "Warehouse") -> None:
    """TOP-18: renewals and assignments after a day move nothing on it."""
    terms_of("treated", count=20, renewed=15, ends_on=day(-40))
    terms_of("holdout", count=5, renewed=3, ends_on=day(-40))
    read_out(as_of=day(-20), at=AT)
    then = Readout.objects.values("arms", "diff", "has").get()
    late = terms_of("treated", count=10, renewed=10, ends_on=day(-40))
    Assignment.objects.filter(term__in=late).update(assigned_on=day(-10))

    read_out(as_of=day(-20), at=AT)

    assert Readout.objects.values("arms", "diff", "has").get() == then


def test_what_chance_tried_is_read_out_by_step_and_action(broadband: "Warehouse") -> None:
    """TOP-05: 300 reminded and 300 left alone by chance; the reminder loses renewals.

    Those from whom chance could not draw the reminder say nothing about it.
    """
    reminded = terms_of("treated", count=300, renewed=150)
    left = terms_of("treated", count=300, renewed=240)
    for term in reminded:
        a_drawn(term, action="reminder", kind="reminder", outcome="chosen")
    for term in left:
        a_drawn(term, action="nothing", kind="nothing", outcome="withheld")
    for term in terms_of("treated", count=5, renewed=0):
        a_drawn(term, action="nothing", kind="nothing", outcome="withheld", drawn_from="nothing")

    read_out(as_of=AS_OF, at=AT)

    readout = latest("exploration", "annual_renewal.t30.reminder")
    assert readout is not None
    assert readout.arms["tried"]["terms"] == readout.arms["left"]["terms"] == 300
    assert readout.diff == pytest.approx(-0.3)
    assert readout.verdict == "harms"
    reminder = Sentence(zh="T−30 提醒", en="the reminder at T−30")
    assert "“the reminder at T−30” loses renewals: -30.0" in told(readout, name=reminder).en


def a_drawn(term: int, **given: Any) -> Decision:
    defaults = {
        "explored": True,
        "drawn_from": "nothing reminder",
        "reason": "explored",
        "contact_cost_minor": 0,
        "price_minor": 82_800,
    }
    return a_decision(term, **defaults | given)


def test_without_a_holdout_there_is_no_readout(broadband: "Warehouse") -> None:
    Experiment.objects.all().delete()

    assert read_out(as_of=AS_OF, at=AT) == {"readouts": 0, "matured": 0}


def test_regrets_and_renewals_without_use_are_told_apart(broadband: "Warehouse") -> None:
    """L3: beside complaints and opt-outs; a cancellation 30 days after renewing, not 31."""
    treated = terms_of("treated", count=40, renewed=30)
    held_out = terms_of("holdout", count=40, renewed=30)
    renewed_on = day(-30)
    for place, (term, days) in enumerate([(treated[0], 30), (treated[1], 31), (held_out[0], 0)]):
        _leave(term, on=renewed_on + timedelta(days=days), name=f"can_{place}")
    _leave(held_out[1], on=renewed_on, name="can_undone", undone_on=renewed_on)

    found = guards("holdout", as_of=AS_OF + timedelta(days=2))

    assert set(found) == {"complaints", "opt_outs", "regrets"}
    assert found["regrets"] == {"treated": [40, 1], "holdout": [40, 1]}


def _leave(term: int, *, on: date, name: str, undone_on: date | None = None) -> None:
    Cancellation.objects.create(
        public_id=name, account_id=term, subscription_id=term, term_id=term, state="confirmed",
        channel="portal", language="en", jurisdiction="CN", policy_version="", strategy_hash="",
        started_at=AT, started_on=on, settled_at=AT, settled_on=on, stop="end", ends_on=on,
        undone_on=undone_on, undone_at=AT if undone_on else None, currency="CNY",
    )  # fmt: skip


def test_a_plan_that_gains_more_is_found_on_one_half_and_judged_on_the_other(
    broadband: "Warehouse",
) -> None:
    """Heterogeneity with honest splitting, from the records: halves by the account's bucket."""
    for plan, cycles in ((40, 12), (130, 24)):
        for half in (0, 1):
            ids = [
                *terms_of("treated", count=150, renewed=plan),
                *terms_of("holdout", count=150, renewed=40),
            ]
            Account.objects.filter(pk__in=ids).update(holdout_bucket=5_000 + half)
            Term.objects.filter(pk__in=ids).update(cycle_months=cycles)
    read_out(as_of=AS_OF, at=AT)

    [found] = differing(scope_of(the_readout()))

    assert (found.segment, found.customers) == ("cycle", 300)
    assert found.is_shown()
    assert abs(found.beyond.effect) == pytest.approx(90 / 150)
    assert {"12": 0.0, "24": 0.6}[found.level] == pytest.approx(found.effect.effect)


def test_every_part_stands_with_its_interval_or_as_too_few(broadband: "Warehouse") -> None:
    """CMP-06: plans, lengths and years, the larger part first; 10 in an arm say nothing."""
    for count, cycles, renewed in ((150, 12, (120, 40)), (10, 24, (9, 1))):
        ids = [
            *terms_of("treated", count=count, renewed=renewed[0]),
            *terms_of("holdout", count=count, renewed=renewed[1]),
        ]
        Term.objects.filter(pk__in=ids).update(cycle_months=cycles)
    read_out(as_of=AS_OF, at=AT)

    parts = every_part(scope_of(the_readout()), least_per_arm=100)

    by_length = {one.level: one for one in parts if one.segment == "cycle"}
    assert [one.segment for one in parts] == ["plan", "cycle", "cycle", "years"]
    assert list(by_length) == ["12", "24"]
    assert (by_length["24"].customers, by_length["24"].shown) == (20, None)
    shown = by_length["12"].shown
    assert shown is not None
    assert shown.effect == pytest.approx(80 / 150)
    # Wider than for one look at one part: at any look, and for three parts together.
    assert 0 < shown.low < 80 / 150 - 1.96 * shown.deviation


def test_renewals_of_those_who_do_not_use_the_service_are_counted_apart(
    broadband: "Warehouse",
) -> None:
    """L3: of those who renewed, in each arm, who had no day of use in 90 days."""
    from tenure.kernel.periods import day_number
    from tenure.understand.features.registry import FEATURES

    treated = terms_of("treated", count=6, renewed=4)
    held_out = terms_of("holdout", count=3, renewed=2)
    used = {treated[0]: 12, treated[1]: 0, treated[2]: 0, held_out[0]: 3, held_out[1]: 1}
    broadband.put(
        FEATURES,
        # Each customer's next term; the fourth who renewed is not among the tables.
        *({"term_id": one + 1, "subscription_id": one, "account_id": one, "active_days_90": days}
          for one, days in used.items()),
        on=day_number(AS_OF),
    )  # fmt: skip

    read_out(as_of=AS_OF, at=AT)

    assert the_readout().dormant == {"treated": [4, 2], "holdout": [2, 0]}


def test_without_a_day_of_use_nothing_is_said_of_unused_renewals(broadband: "Warehouse") -> None:
    terms_of("treated", count=6, renewed=4)

    read_out(as_of=AS_OF, at=AT)

    assert the_readout().dormant == {}
