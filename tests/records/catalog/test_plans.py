"""CAT-01: the catalogue is versioned; what was sold keeps the version it was sold under."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.catalog import queries
from tenure.records.catalog.actions import offer_plan
from tenure.records.catalog.models import Entitlement, Plan, PlanVersion, Price
from tenure.records.catalog.rules import (
    Gives,
    Holds,
    NoPrice,
    NotOnSaleYet,
    OfferedPlan,
    UnknownPlan,
    effective_on,
)
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import renew
from tenure.records.subscriptions.entitlements.queries import in_force
from tenure.records.subscriptions.rules import Purchase
from tests.builders import AS_OF, AT, a_plan, a_plan_version, a_term, day

YEAR = {12: Money(106_920, "CNY")}
NAME = Sentence(zh="300M 宽带", en="Broadband 300M")


def a_plan_on_offer(
    *,
    prices: Mapping[int, Money] | None = None,
    from_on: date = date(2020, 1, 1),
    until_on: date | None = None,
    name: Sentence = NAME,
    gives: tuple[Gives, ...] = (),
) -> OfferedPlan:
    holds = Holds(cost_minor_per_month=4_000, prices=prices or YEAR, speed_mbps=300, gives=gives)
    return OfferedPlan(
        "fibre", "broadband", name, holds=holds, from_on=from_on, until_on=until_on, tier_rank=2
    )


def offer(offered: OfferedPlan, today: date = AS_OF) -> PlanVersion:
    return offer_plan(offered, today=today, at=AT, by="user:1")


def test_a_plan_is_offered_with_prices_and_entitlements(either_database: str) -> None:
    gives = (Gives("cloud", Sentence("云盘", "Cloud"), "value_added", 100, "GB"),)

    version = offer(a_plan_on_offer(gives=gives))

    assert (version.version, version.effective_on) == (1, date(2020, 1, 1))
    assert queries.prices(version.pk, currency="CNY") == YEAR
    entitlement = Entitlement.objects.get()
    assert (entitlement.code, entitlement.quantity, entitlement.unit) == ("cloud", 100, "GB")
    assert entitlement.kind == "value_added"
    assert Entry.objects.get().kind == "plan.versioned"


def test_an_unchanged_plan_changes_no_row(either_database: str) -> None:
    first = offer(a_plan_on_offer())

    again = offer(a_plan_on_offer(), today=day(30))

    assert again.pk == first.pk
    counts = [model.objects.count() for model in (Plan, PlanVersion, Price, Entry)]
    assert counts == [1, 1, 1, 1]


def test_a_changed_plan_is_a_new_version_from_its_day(either_database: str) -> None:
    """CAT-01: an old term's version still holds the old price."""
    old = offer(a_plan_on_offer())
    dearer = {12: Money(118_800, "CNY")}

    new = offer(a_plan_on_offer(prices=dearer, from_on=day(10)))

    plan = Plan.objects.get()
    assert (new.version, new.effective_on) == (2, day(10))
    assert queries.version_in_force(plan.pk, on=day(9)) == old
    assert queries.version_in_force(plan.pk, on=day(10)) == new
    assert queries.prices(old.pk, currency="CNY") == YEAR
    assert queries.prices(new.pk, currency="CNY") == dearer


def test_a_plan_that_gives_less_takes_nothing_from_a_running_term(either_database: str) -> None:
    """R-A-017: a member's rights of a paid term stay; the smaller plan begins with the next one.

    There is no way to let an edit reach a running term: only its own customer changes it.
    """
    much = (Gives("cloud", Sentence("云盘", "Cloud drive"), "core", 100, "GB"),)
    little = (replace(much[0], quantity=1),)
    old = offer(a_plan_on_offer(gives=much))
    term = a_term(plan_version=old, starts_on=day(-300), ends_on=day(65))

    offer(a_plan_on_offer(gives=little))
    renewed = renew(Purchase(term.pk, AS_OF), at=AT, by="test")

    sold = queries.version_in_force(old.plan_id, on=AS_OF)
    assert sold.pk != old.pk
    assert [one.quantity for one in in_force(term.subscription_id, on=AS_OF)] == [100]
    assert [one.quantity for one in in_force(term.subscription_id, on=day(64))] == [100]
    assert [one.quantity for one in in_force(term.subscription_id, on=renewed.starts_on)] == [1]


def test_a_plan_edited_in_place_counts_from_today(either_database: str) -> None:
    offer(a_plan_on_offer())

    new = offer(a_plan_on_offer(prices={12: Money(99_900, "CNY")}))
    again = offer(a_plan_on_offer(prices={12: Money(99_900, "CNY")}), today=day(5))

    assert new.effective_on == AS_OF
    assert again.pk == new.pk


def test_a_plan_edited_twice_on_one_day_counts_as_last_edited(either_database: str) -> None:
    for amount_minor in (100, 200, 300):
        offer(a_plan_on_offer(prices={12: Money(amount_minor, "CNY")}, from_on=AS_OF))

    version = queries.versions_in_force(on=AS_OF)["fibre"]

    assert version.version == 3
    assert queries.price(version, cycle_months=12, currency="CNY") == Money(300, "CNY")


def test_the_past_is_written_once_and_keeps_its_rules(either_database: str) -> None:
    """Two dated forms: the older one is over; editing it later rewrites nothing."""
    old = a_plan_on_offer(until_on=date(2024, 1, 1))
    new = a_plan_on_offer(prices={12: Money(120_000, "CNY")}, from_on=date(2024, 1, 1))
    edited = a_plan_on_offer(prices={12: Money(1, "CNY")}, until_on=date(2024, 1, 1))

    for offered in (old, new, old, new, edited, new):
        offer(offered)

    versions = queries.versions(Plan.objects.get().pk)
    assert [one.effective_on for one in versions] == [date(2020, 1, 1), date(2024, 1, 1)]
    assert queries.prices(versions[0].pk, currency="CNY") == YEAR


def test_a_new_name_is_no_new_version(either_database: str) -> None:
    offer(a_plan_on_offer())

    offer(a_plan_on_offer(name=Sentence("极速 300M", "Fast 300M")))

    assert Plan.objects.get().name_en == "Fast 300M"
    assert PlanVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("wanted_on", "newest_on", "begins_on"),
    [
        (day(-900), None, day(-900)),
        (day(10), day(-900), day(10)),
        (day(-10), day(-900), day(-10)),
        (day(-900), day(-900), AS_OF),
        (day(5), day(5), day(5)),
        (day(-900), day(5), day(5)),
    ],
)
def test_a_version_never_goes_before_one_that_was_sold(
    wanted_on: date, newest_on: date | None, begins_on: date
) -> None:
    assert effective_on(wanted_on, newest_on=newest_on, today=AS_OF) == begins_on


def test_an_unknown_plan_is_refused_with_the_nearest(db: None) -> None:
    a_plan(code="fibre_300")

    with pytest.raises(UnknownPlan) as refused:
        queries.plan("fiber_300")

    assert refused.value.sentence("en") == (
        "The catalogue has no plan “fiber_300”, the nearest is “fibre_300”; "
        "add it to the strategy or the import first."
    )


def test_a_plan_is_not_on_sale_before_its_first_version(db: None) -> None:
    version = a_plan_version(effective_on=AS_OF)

    with pytest.raises(NotOnSaleYet):
        queries.version_in_force(version.plan_id, on=day(-1))

    assert queries.versions_in_force(on=day(-1)) == {}


def test_a_cycle_without_a_price_is_refused_with_those_that_have_one(db: None) -> None:
    version = a_plan_version(plan=a_plan(code="fibre"), prices={1: 9_900, 12: 106_920})

    with pytest.raises(NoPrice) as refused:
        queries.price(version, cycle_months=24, currency="CNY")

    assert refused.value.sentence("en") == (
        "Plan fibre, version 1, has no price for 24 months in CNY; months on sale: 1, 12."
    )
