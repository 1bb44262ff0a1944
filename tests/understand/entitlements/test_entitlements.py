"""SEG-07, MET-14: what lies idle with what to try, and each benefit with its use and renewals."""

from typing import Any

import pytest

from tenure.records.strategies.queries import current
from tenure.understand.entitlements.high_use import Need, high_use
from tenure.understand.entitlements.low_use import Obstacle, low_use
from tenure.understand.entitlements.reading import Held, held
from tenure.understand.entitlements.scorecard import gap_of, rows_of, scorecard
from tenure.understand.features.registry import FEATURES
from tenure.understand.segments.actions import fill
from tenure.understand.segments.queries import members
from tenure.warehouse.fills import Filled, complete
from tests.builders import AS_OF, AT
from tests.understand.features.literal import TODAY, an_event
from tests.understand.features.literal import a_term as a_fact
from tests.understand.warehouses import Warehouse


def of(number: int, **features: Any) -> dict[str, Any]:
    ids = {"term_id": number, "subscription_id": number, "account_id": number}
    return {**ids, "plan_code": "home_300", "active_days_30": 2, "is_elderly": 0, **features}


def used(account: int, feature: str, *, days_ago: int) -> dict[str, Any]:
    name = f"{account}-{feature}-{days_ago}"
    given = {"account_id": account, "feature": feature, "message_id": name}
    return an_event(days_ago, "Feature Used", **given)


@pytest.fixture
def read(broadband: Warehouse) -> Held:
    """Five on the plan home_300; the cloud is used by 1 and 4, the study lane by nobody now."""
    broadband.put(
        FEATURES,
        of(1, nps_last=9),
        of(2, is_elderly=1, nps_last=4),
        of(3, open_tickets=1),
        of(4, active_days_30=25),
        of(5, speed_ratio_30=0.3),
    )
    events = [used(1, "cloud_space", days_ago=3), used(4, "cloud_space", days_ago=29)]
    events.append(used(1, "study_lane", days_ago=60))
    for event in events:
        broadband.put_events({event["day"]: [event]})
    complete(Filled(FEATURES.name, TODAY, version="x"), row_count=5, at=AT)
    fill(as_of=AS_OF, at=AT)
    return held(strategy=current(), as_of=AS_OF)


def test_each_idle_entitlement_has_its_obstacle_and_what_to_try(read: Held) -> None:
    snapshot = members(AS_OF)
    assert snapshot is not None

    report = low_use(read, snapshot)

    assert report.customers == 4
    rows = {(row["account_id"], row["entitlement"]): row for row in report.rows("en")}
    assert {key: row["found"] for key, row in rows.items() if key[1] == "cloud_space"} == {
        (2, "cloud_space"): "elderly, never used it",
        (3, "cloud_space"): "a ticket is open",
        (5, "cloud_space"): "the line measures under half of the plan",
    }
    assert rows[1, "study_lane"]["found"] == "used before, not in 30 days"
    assert rows[1, "study_lane"]["days_since_use"] == 60
    assert rows[2, "cloud_space"]["fix"] == "call and walk through it once"
    counted = {(one.code, one.obstacle): one.customers for one in report.idle}
    assert counted["cloud_space", Obstacle.FAULT] == 1
    # Whether a repair promise is used no event tells: it is named, and not called idle.
    assert "Repair within 4 hours" in [one.en for one in report.unmeasured]


def test_who_uses_most_gets_support_or_something_of_their_own(broadband: Warehouse) -> None:
    """SEG-07: the fifth that uses most, each with the first of its needs; never a discount."""
    busy = {"active_days_30": 25}
    broadband.put(
        FEATURES,
        *(of(n, **busy) for n in range(1, 4)),
        of(4, open_tickets=1, **busy),
        of(5, resolution_hours_90=60.0, **busy),
        of(6, active_days_30=2),
        *(of(n, **busy) for n in range(10, 30)),
    )
    uses = {
        1: ("cloud_space",) * 20,
        2: ("cloud_space", "study_lane") * 10,
        4: ("study_lane",) * 20,
        5: ("cloud_space",) * 20,
        6: ("cloud_space",) * 20,
        **dict.fromkeys(range(10, 30), ("cloud_space",)),
    }
    events = [
        {**used(account, feature, days_ago=3), "message_id": f"{account}-{place}"}
        for account, features in uses.items()
        for place, feature in enumerate(features)
    ]
    broadband.put_events({events[0]["day"]: events})
    complete(Filled(FEATURES.name, TODAY, version="x"), row_count=26, at=AT)
    fill(as_of=AS_OF, at=AT)
    snapshot = members(AS_OF)
    assert snapshot is not None

    report = high_use(held(strategy=current(), as_of=AS_OF), snapshot)

    # The sixth uses as much and is not active; the others use less than four fifths of users do.
    assert (report.customers, report.least_uses) == (4, 20)
    rows = {row["account_id"]: row for row in report.rows("en")}
    assert {who: (row["gets"], row["most_used"]) for who, row in rows.items()} == {
        1: ("a custom feature", "100 GB family cloud"),
        2: ("a custom feature", "100 GB family cloud"),
        4: ("priority support", rows[4]["most_used"]),
        5: ("priority support", "100 GB family cloud"),
    }
    assert rows[2]["found"] == "uses everything that the plan gives"
    assert rows[1]["found"] == "four fifths of all use are this one"
    assert rows[5]["fix"] == "name a person with a direct line"
    assert {one.need for one in report.needs} == {Need.TICKET, Need.SLOW, Need.WHOLE, Need.ONE}


def test_a_benefit_says_who_has_it_and_uses_it_and_nothing_that_is_not_known(read: Held) -> None:
    cards = {one.code: one for one in scorecard(read, strategy=current(), at=AT)}

    cloud, repair = cards["cloud_space"], cards["repair_4h"]
    assert (cloud.entitled, cloud.used, cloud.used_share) == (5, 2, 0.4)
    assert (cloud.nps_users, cloud.nps_others) == (9.0, 4.0)
    assert (repair.entitled, repair.used, repair.gap) == (5, None, None)
    assert cloud.response_hours is None
    rows = rows_of(tuple(cards.values()), on=AS_OF, language="en")
    assert rows[0]["renewal_difference"] is None


def test_renewals_of_users_and_others_are_compared_within_a_plan(broadband: Warehouse) -> None:
    """Forty users of whom 36 renewed, forty others of whom 24 did: 90 % − 60 % = 30 points."""
    terms, events = [], []
    for number in range(80):
        renewed = number < 36 or 40 <= number < 64
        ends = TODAY - 60
        terms.append(
            a_fact(
                -60,
                term_id=number,
                account_id=number,
                plan_code="home_300",
                renewed_day=ends if renewed else None,
                closed_day=None if renewed else ends,
            )
        )
        if number < 40:
            events.append(used(number, "cloud_space", days_ago=70))
    broadband.write(terms=terms, events=events)
    live = used(1, "cloud_space", days_ago=1)
    broadband.put_events({live["day"]: [live]})
    broadband.put(FEATURES, of(1))
    complete(Filled(FEATURES.name, TODAY, version="x"), row_count=1, at=AT)

    cards = scorecard(held(strategy=current(), as_of=AS_OF), strategy=current(), at=AT)

    gap = next(one.gap for one in cards if one.code == "cloud_space")
    assert gap is not None
    assert (gap.users, gap.others, round(gap.share, 6)) == (40, 40, 0.3)
    # √(0.9·0.1/40 + 0.6·0.4/40) = 0.0908; × 1.96 = 0.178
    assert (round(gap.low, 3), round(gap.high, 3)) == (0.122, 0.478)


def test_few_users_give_no_difference_at_all() -> None:
    assert gap_of([((29, 29), (100, 50))]) is None
