"""Every feature of a live term, from literal rows of every table."""

from collections.abc import Iterator
from typing import Any

import pytest

from tenure.understand.features.expressions.terms import from_terms, live_terms
from tenure.understand.features.expressions.together import (
    RESTS_ON,
    Sources,
    features,
    per_account,
)
from tenure.warehouse.engines import Engine, open_engine
from tests.understand.features.literal import (
    NOW_US,
    TABLES,
    TODAY,
    a_contact,
    a_payment,
    a_term,
    a_ticket,
    an_account,
    an_answer,
    an_event,
    at_us,
    frame,
    today,
)

type Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as opened:
        yield opened


def filled(
    engine: Engine, recorded: Any = frozenset(RESTS_ON), **rows: list[dict[str, Any]]
) -> dict[int, dict[str, Any]]:
    """Term id → its features."""
    tables = {name: frame(engine, table, *rows.get(name, [])) for name, table in TABLES.items()}
    live = live_terms(tables["terms"], moment=today())
    found = features(
        from_terms(live, tables["terms"], moment=today()),
        per_account(Sources(live=live, **tables), moment=today(), core=["video"]),
        recorded=recorded,
        moment=today(),
    )
    table = engine.collect(found)
    return {row["term_id"]: row for row in table.to_pylist()}


def of(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_a_term_is_live_from_its_start_until_it_is_renewed_or_closed(engine: Engine) -> None:
    found = filled(
        engine,
        accounts=[an_account()],
        terms=[
            a_term(term_id=1),
            a_term(term_id=2, starts_day=TODAY + 1),
            a_term(term_id=3, renewed_day=TODAY),
            a_term(term_id=4, renewed_day=TODAY + 1),
            a_term(term_id=5, closed_day=TODAY),
            a_term(term_id=6, closed_day=TODAY + 1, days_left=-3),
            a_term(term_id=7, known_us=NOW_US + 1),
        ],
    )

    assert sorted(found) == [1, 4, 6]
    assert found[6]["days_left"] == -3


def test_a_late_renewal_is_not_there_before_it_is_bought(engine: Engine) -> None:
    """TOP-18: it begins where the old term ended, days before anybody decided anything."""
    old = a_term(term_id=1, days_left=-3, renewed_day=TODAY + 2)
    new = a_term(term_id=2, number=2, starts_day=TODAY - 3, days_left=362)
    bought_today = {**old, "renewed_day": TODAY}

    before = filled(engine, accounts=[an_account()], terms=[old, new])
    after = filled(engine, accounts=[an_account()], terms=[bought_today, new])

    assert (list(before), list(after)) == ([1], [2])


def test_a_term_says_how_old_it_is_and_what_it_costs(engine: Engine) -> None:
    found = filled(
        engine,
        accounts=[an_account(kind="business", born_year=1961)],
        terms=[
            a_term(
                term_id=1, number=1, price_minor=90_000, renewed_day=TODAY - 336, days_left=-335
            ),
            a_term(
                term_id=2,
                number=2,
                price_minor=97_200,
                list_price_minor=108_000,
                subscription_started_day=TODAY - 700,
                tier_rank=3,
                plan_code="office_500",
                auto_renew=1,
            ),
        ],
    )

    row = found[2]
    assert of(row, "plan_code", "tier_rank", "cycle_months") == ("office_500", 3, 12)
    assert of(row, "tenure_days", "term_number", "days_left", "term_age_days") == (700, 2, 30, 335)
    assert of(row, "price_minor", "discount_share_last", "price_change_share") == (
        97_200,
        0.1,
        0.08,
    )
    assert of(row, "renewals_count", "auto_renew", "is_business", "is_elderly") == (1, 1, 1, 1)
    assert of(row, "has_email", "has_phone", "marketing_consent") == (1, 0, 1)


def test_a_first_term_has_no_price_change_and_an_unknown_age_stays_unknown(engine: Engine) -> None:
    found = filled(engine, accounts=[an_account()], terms=[a_term(list_price_minor=0)])

    assert of(found[100], "price_change_share", "discount_share_last", "is_elderly") == (
        None,
        None,
        None,
    )


def test_days_since_the_last_visit_stop_at_90_or_at_the_age(engine: Engine) -> None:
    young = TODAY - 12
    found = filled(
        engine,
        accounts=[an_account(), an_account(account_id=2), an_account(account_id=3)],
        terms=[
            a_term(term_id=1),
            a_term(term_id=2, account_id=2),
            a_term(term_id=3, account_id=3, subscription_started_day=young, starts_day=young),
        ],
        events=[
            an_event(4, "Login"),
            an_event(9, "Feature Used", feature="video"),
            an_event(120, "Login", account_id=2),
        ],
    )

    assert [found[term]["days_since_login"] for term in (1, 2, 3)] == [4, 90, 12]
    assert [found[term]["days_since_core"] for term in (1, 2, 3)] == [9, 90, 12]
    assert [found[term]["logins_30"] for term in (1, 2, 3)] == [1, 0, 0]


def test_what_nobody_ever_recorded_is_unknown_and_not_zero(engine: Engine) -> None:
    found = filled(engine, recorded={"any_event"}, accounts=[an_account()], terms=[a_term()])

    unknown = ("logins_30", "days_since_login", "usage_gb_30", "core_days_30", "slow_evenings_30")
    assert of(found[100], *unknown) == (None,) * 5
    assert of(found[100], "exports_30", "renewals_count", "contacts_30") == (0, 0, 0)
    assert of(found[100], "tickets_90", "open_tickets", "paid_total_minor") == (None,) * 3


def test_use_is_compared_with_the_two_months_before(engine: Engine) -> None:
    def gb(account: int, days_ago: int, amount: float) -> dict[str, Any]:
        return an_event(days_ago, "Usage Recorded", feature="gb", amount=amount, account_id=account)

    found = filled(
        engine,
        accounts=[an_account(account_id=who) for who in (1, 2, 3)],
        terms=[
            a_term(term_id=1),
            a_term(term_id=2, account_id=2),
            a_term(term_id=3, account_id=3, subscription_started_day=TODAY - 80),
        ],
        events=[gb(1, 3, 30.0), gb(1, 40, 60.0), gb(1, 80, 40.0), gb(2, 3, 5.0), gb(3, 3, 5.0)],
    )

    assert of(found[1], "usage_gb_30", "usage_gb_90", "usage_trend") == (30.0, 130.0, 0.6)
    assert of(found[2], "usage_gb_30", "usage_trend") == (5.0, None)
    assert found[3]["usage_trend"] is None


def test_the_trend_takes_the_meter_that_the_business_has(engine: Engine) -> None:
    rows = {
        "accounts": [an_account()],
        "terms": [a_term()],
        "events": [
            an_event(3, "Usage Recorded", feature="api_calls", amount=10.0),
            an_event(50, "Usage Recorded", feature="api_calls", amount=40.0),
        ],
    }

    assert filled(engine, recorded={"amount_90"}, **rows)[100]["usage_trend"] == 0.5


def test_speed_is_the_mean_of_the_tests(engine: Engine) -> None:
    found = filled(
        engine,
        accounts=[an_account()],
        terms=[a_term()],
        events=[
            an_event(1, "Speed Test", amount=0.2, hour=20),
            an_event(2, "Speed Test", amount=0.9),
            an_event(2, "Outage", amount=12.0),
        ],
    )

    assert of(found[100], "speed_ratio_30", "slow_evenings_30") == (0.55, 1)
    assert of(found[100], "outages_30", "outage_minutes_90") == (1, 12.0)


def test_tickets_count_as_they_stood_on_the_day(engine: Engine) -> None:
    found = filled(
        engine,
        accounts=[an_account()],
        terms=[a_term()],
        tickets=[
            a_ticket(5, hours=4),
            a_ticket(60, hours=1.5, sla_missed=1),
            a_ticket(2, hours=500, sla_missed=1),
            a_ticket(170, hours=8, kind="complaint"),
            a_ticket(181, hours=8, kind="complaint", sla_missed=1),
        ],
    )

    row = found[100]
    assert of(row, "tickets_30", "tickets_90", "open_tickets") == (2, 3, 1)
    assert of(row, "complaints_180", "sla_misses_180", "days_since_ticket") == (1, 1, 2)
    assert row["resolution_hours_90"] == 2.75


def test_the_last_answer_counts_and_of_one_day_the_lower(engine: Engine) -> None:
    found = filled(
        engine,
        accounts=[an_account()],
        terms=[a_term()],
        answers=[
            an_answer(40, 10),
            an_answer(6, 3),
            an_answer(6, 5),
            an_answer(20, 4, survey="csat"),
            an_answer(3, 1, survey="intent"),
        ],
    )

    assert of(found[100], "nps_last", "csat_last", "days_since_survey") == (3, 4, 3)


def test_payments_tell_failures_and_renewals_paid_late(engine: Engine) -> None:
    starts = TODAY - 335
    found = filled(
        engine,
        accounts=[an_account()],
        terms=[
            a_term(term_id=1, number=1, renewed_day=starts + 4, days_left=-335),
            a_term(term_id=2, number=2, starts_day=starts),
        ],
        payments=[
            a_payment(700, term_id=1),
            a_payment(333, term_id=2, state="failed"),
            a_payment(331, term_id=2, amount_minor=30_000),
            a_payment(300, term_id=2, amount_minor=28_800),
            a_payment(400, term_id=1, state="failed"),
        ],
    )

    row = found[2]
    assert of(row, "paid_total_minor", "payments_failed_365") == (117_600, 1)
    assert row["late_payments_730"] == 1


def test_contacts_of_30_days_are_counted(engine: Engine) -> None:
    found = filled(
        engine,
        accounts=[an_account()],
        terms=[a_term()],
        contacts=[a_contact(0, sent_us=NOW_US), a_contact(29), a_contact(30)],
        events=[an_event(3, "Message Opened")],
    )

    assert of(found[100], "contacts_30", "opens_90") == (2, 1)


PAST: Rows = {
    "accounts": [an_account()],
    "terms": [
        a_term(term_id=1, number=1, renewed_day=TODAY - 336, days_left=-335),
        a_term(term_id=2, number=2),
    ],
    "events": [
        an_event(3, "Login"),
        an_event(3, "Usage Recorded", feature="gb", amount=4.0),
        an_event(50, "Usage Recorded", feature="gb", amount=4.0),
        an_event(9, "Feature Used", feature="video"),
        an_event(4, "Speed Test", amount=0.4, hour=20),
    ],
    "tickets": [a_ticket(12, hours=3)],
    "answers": [an_answer(30, 8), an_answer(30, 4, survey="csat")],
    "payments": [a_payment(340, term_id=2)],
    "contacts": [a_contact(10)],
}

FUTURE: Rows = {
    "terms": [a_term(term_id=3, number=3, starts_day=TODAY + 30)],
    "events": [
        *(an_event(-1, name, feature="video", amount=0.1) for name in ("Login", "Speed Test")),
        an_event(2, "Usage Recorded", feature="gb", amount=50.0, known_us=NOW_US + 1),
        an_event(2, "Outage", amount=50.0, known_us=NOW_US + 1),
        an_event(2, "Data Exported", known_us=NOW_US + 1),
        an_event(-2, "Page Viewed", feature="compare"),
        an_event(-2, "Message Opened"),
        an_event(-2, "Session Started"),
    ],
    "tickets": [
        a_ticket(-1, kind="complaint"),
        a_ticket(5, known_us=NOW_US + 1, sla_missed=1, hours=1),
    ],
    "answers": [an_answer(-1, 0), an_answer(1, 0, survey="csat", known_us=NOW_US + 1)],
    "payments": [
        a_payment(-1, term_id=2, state="failed"),
        a_payment(1, amount_minor=9, known_us=NOW_US + 1),
    ],
    "contacts": [a_contact(-1), a_contact(1, sent_us=NOW_US + 1)],
}


def test_no_feature_moves_when_the_future_is_planted(engine: Engine) -> None:
    """DAT-03, TOP-18: what is dated later, or reached us later, moves nothing."""
    settled = [{**row, "renewed_day": TODAY + 5} for row in PAST["terms"] if row["term_id"] == 2]
    planted = {name: rows + FUTURE.get(name, []) for name, rows in PAST.items()}
    planted["terms"] = [PAST["terms"][0], *settled, *FUTURE["terms"]]

    then = filled(engine, **PAST)
    now = filled(engine, **planted)

    assert list(then) == [2]
    assert now == then


def test_a_correction_that_reached_us_in_time_does_move_them(engine: Engine) -> None:
    """DAT-03: a late event lands in its day and corrects the features of that day."""
    late = an_event(3, "Login", known_us=at_us(0))

    before = filled(engine, **PAST)[2]["logins_7"]
    after = filled(engine, **{**PAST, "events": [*PAST["events"], late]})[2]["logins_7"]

    assert (before, after) == (1, 2)
