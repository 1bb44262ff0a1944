"""Limits of a week, floors that give way, and equals: as the night keeps and writes them."""

from datetime import date

import pytest

from tenure.decide.decisions.limited import choosings_on, limited_by
from tenure.decide.decisions.limits import CONFLICT, bounds_of, told
from tenure.decide.decisions.models import Choosing, Decision
from tenure.decide.decisions.replaying import replay_all
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.strategy.limits import Period
from tenure.strategy.loading import build
from tenure.strategy.reading import StrategyError
from tests.builders import AS_OF
from tests.decide.decisions.deciding import a_customer, change_strategy, decide
from tests.strategy.documents import a_document, files_of
from tests.understand.warehouses import Warehouse

CALLS = {
    "id": "calls",
    "name": {"zh": "电话", "en": "calls"},
    "actions": ["care_call"],
    "per": "week",
}


def limits(*given: dict[str, object], fairness: dict[str, object] | None = None) -> None:
    section: dict[str, object] = {"limit": [CALLS | one for one in given]}
    if fairness is not None:
        section["fairness"] = fairness
    change_strategy({"limits.toml": section})


def test_a_period_is_a_day_a_week_from_monday_or_a_month() -> None:
    thursday = date(2026, 2, 26)

    assert Period.DAY.of(thursday) == (thursday, thursday)
    assert Period.WEEK.of(thursday) == (date(2026, 2, 23), date(2026, 3, 1))
    assert Period.MONTH.of(thursday) == (date(2026, 2, 1), date(2026, 2, 28))


def test_a_limit_of_a_week_counts_what_its_days_used(broadband_anywhere: Warehouse) -> None:
    """Ten a week: of seven days a first one takes two days' share, three; then what is left."""
    limits({"at_most": 10, "at_least": 7})
    monday = date(2026, 6, 22)
    strategy = current().at(monday)

    fresh = bounds_of(strategy, as_of=monday)["calls"]
    last_day = bounds_of(strategy, as_of=date(2026, 6, 28))["calls"]

    assert (fresh.most, fresh.least) == (3.0, 1.0)
    assert (last_day.most, last_day.least) == (10.0, 7.0)


def test_a_floor_that_cannot_be_kept_is_named_and_nobody_is_chosen_for_it(
    broadband: Warehouse,
) -> None:
    """Three calls at least on a day with one customer who may be called: a sentence, no call."""
    limits({"per": "day", "at_least": 3})
    one = a_customer(p_lapse=0.01, marketing_consent=0, account={"phone": "13800006027"})

    decide(broadband, one)

    entry = Entry.objects.get(kind=CONFLICT)
    said = told(entry.content, strategy=current().at(AS_OF)).en
    assert said.startswith("“calls” asks for 3 on this day and at most ")
    assert "too few customers" in said
    assert Decision.objects.get().action != "care_call"
    limited = limited_by(choosings_on(AS_OF), strategy=current().at(AS_OF))
    assert limited is not None
    assert [one.en for one in limited.conflicts] == [said]


def test_a_limit_of_none_stops_an_action_and_the_page_names_its_price(
    broadband: Warehouse,
) -> None:
    """TOP-15: without a free hour nobody is called, and the next hour has a price; replayed."""
    limits({"at_most": 0, "per": "day"})
    strategy = current().at(AS_OF)

    decide(broadband, a_customer(marketing_consent=0))

    decision = Decision.objects.get()
    call = next(one for one in decision.alternatives if one["action"] == "care_call")
    assert (decision.action, call["refused_by"]) == ("reminder", "capacity")
    limited = limited_by(choosings_on(AS_OF), strategy=strategy)
    assert limited is not None
    bound = next(one for one in limited.bounds if one.code == "most:calls")
    assert (bound.left, bound.is_tight) == (0.0, True)
    assert all(one.is_same for one in replay_all(Choosing.objects.get()))


def test_a_floor_above_what_the_offers_allow_is_refused_when_it_is_read() -> None:
    document = a_document("broadband")
    section = files_of(document)["limits.toml"]
    section["limit"] = [CALLS | {"at_least": 1000, "per": "day"}]

    with pytest.raises(StrategyError, match="asks for 1000 at least per day, but the capacities"):
        build(document)

    section["limit"] = [CALLS | {"at_least": 5, "at_most": 4}]
    with pytest.raises(StrategyError, match="asks for 5 at least but 4 at most"):
        build(document)


def test_a_choosing_under_limits_is_replayed_alike(broadband: Warehouse) -> None:
    limits(
        {"at_most": 1, "per": "day"},
        fairness={"published": ["plan_code", "cycle_months"], "apart": "5 %"},
    )
    customers = [a_customer(p_lapse=0.3 + 0.1 * n, complaints_180=1) for n in range(4)]

    decide(broadband, *customers)

    choosing = Choosing.objects.get()
    assert choosing.capacities["most:calls"] == 1.0
    assert all(one.is_same for one in replay_all(choosing))
    assert Decision.objects.filter(action="care_call").count() <= 1
