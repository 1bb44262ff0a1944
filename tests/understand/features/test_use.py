"""What customers did, added up from literal events."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.understand.features.expressions.use import added_anywhere, marked, measures, use
from tenure.understand.features.moments import moment
from tenure.warehouse.engines import Engine, open_engine
from tenure.warehouse.tables.events import EVENTS
from tests.builders import AS_OF
from tests.understand.features.literal import MIDNIGHT_AFTER, NOW_US, an_event, frame, today

CORE = ("video",)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as opened:
        yield opened


def used(engine: Engine, *rows: dict[str, Any]) -> dict[str, Any]:
    """The measures of account 1."""
    events = frame(engine, EVENTS, *rows)
    table = engine.collect(use(events, moment=today(), core=CORE))
    found: list[dict[str, Any]] = table.to_pylist()
    return next(row for row in found if row["account_id"] == 1)


def test_logins_are_counted_in_windows_that_end_today(engine: Engine) -> None:
    row = used(
        engine,
        an_event(0, "Login"),
        an_event(6, "Login"),
        an_event(7, "Signed In"),
        an_event(29, "Login"),
        an_event(30, "Login"),
        an_event(90, "Login"),
    )

    assert (row["logins_7"], row["logins_30"], row["logins_90"]) == (2, 4, 5)
    assert row["last_login"] == today().day


def test_days_are_counted_once_however_much_happens_on_them(engine: Engine) -> None:
    row = used(
        engine,
        an_event(1, "Feature Used", feature="video"),
        an_event(1, "Feature Used", feature="video", hour=20),
        an_event(29, "Video Rated", feature="video"),
        an_event(31, "Feature Used", feature="mail"),
        an_event(89, "Feature Used", feature="video"),
        an_event(5, "Outage", amount=10.0),
    )

    assert (row["active_days_30"], row["active_days_90"]) == (2, 4)
    assert (row["core_days_30"], row["last_core"]) == (2, today().day - 1)
    assert row["distinct_features_30"] == 1


def test_use_is_added_up_by_meter(engine: Engine) -> None:
    row = used(
        engine,
        an_event(2, "Usage Recorded", feature="gb", amount=0.1),
        an_event(3, "Usage Recorded", feature="traffic", amount=0.2),
        an_event(40, "Usage Recorded", feature="gb", amount=4.0),
        an_event(2, "Usage Recorded", feature="minutes", amount=7.0),
        an_event(4, "Feature Used", feature="video", amount=2.5),
        an_event(2, "Usage Recorded", feature="api_calls", amount=100.0),
        an_event(2, "Usage Recorded", feature="gb", amount=None),
    )

    assert (row["gb_30"], row["gb_90"]) == (0.3, 4.3)
    assert (row["minutes_30"], row["minutes_90"]) == (9.5, 9.5)
    assert (row["amount_30"], row["amount_90"]) == (107.3, 111.3)


def test_a_slow_evening_is_a_day_with_a_slow_test_after_18_oclock(engine: Engine) -> None:
    row = used(
        engine,
        an_event(1, "Speed Test", amount=0.3, hour=18),
        an_event(1, "Speed Test", amount=0.4, hour=23),
        an_event(2, "Speed Test", amount=0.3, hour=17),
        an_event(3, "Speed Test", amount=0.5, hour=20),
        an_event(4, "Speed Test", amount=0.1, hour=21),
        an_event(45, "Speed Test", amount=0.1, hour=21),
    )

    assert row["slow_evenings_30"] == 2
    assert row["speed_tests_30"] == 5
    assert row["speed_sum_30"] == 1.6


def test_the_evening_follows_the_clocks_when_they_change() -> None:
    berlin = moment(AS_OF.replace(month=4, day=10), at=MIDNIGHT_AFTER, zone="Europe/Berlin")

    (_, winter), (changed, summer) = berlin.evenings

    assert (winter, summer) == (17 * 3_600_000_000, 16 * 3_600_000_000)
    assert berlin.day - changed == 12  # 29 March


def test_outages_pages_exports_and_opened_messages_are_counted(engine: Engine) -> None:
    row = used(
        engine,
        an_event(1, "Outage", amount=20.0),
        an_event(60, "Outage", amount=45.5),
        an_event(1, "Page Viewed", feature="compare"),
        an_event(1, "Page Viewed", feature="home"),
        an_event(2, "Data Exported"),
        an_event(80, "Email Opened"),
        an_event(3, "Session Started"),
    )

    assert (row["outages_30"], row["outage_minutes_90"]) == (1, 65.5)
    assert (row["compare_visits_30"], row["exports_30"], row["opens_90"]) == (1, 1, 1)
    assert row["sessions_30"] == 1


def test_integrations_are_counted_apart_and_are_nobodys_activity(engine: Engine) -> None:
    """CHN-12: each other program once; "mail" is a feature of the product and a program."""
    row = used(
        engine,
        an_event(1, "Integration Used", feature="slack"),
        an_event(9, "Integration Used", feature="slack"),
        an_event(29, "Integration Used", feature="mail"),
        an_event(30, "Integration Used", feature="wecom"),
        an_event(2, "Integration Used"),
        an_event(3, "Feature Used", feature="mail"),
    )

    assert (row["integrations_30"], row["distinct_features_30"]) == (2, 1)
    assert row["active_days_30"] == 1


def test_what_is_later_or_was_not_known_moves_nothing(engine: Engine) -> None:
    before = an_event(1, "Login")

    alone = used(engine, before)
    planted = used(
        engine,
        before,
        an_event(-1, "Login"),
        an_event(2, "Login", known_us=NOW_US + 1),
        an_event(2, "Usage Recorded", feature="gb", amount=9.0, known_us=NOW_US + 1),
    )

    assert planted == alone
    assert alone["logins_90"] == 1


NAMES = ("Login", "Feature Used", "Usage Recorded", "Speed Test", "Outage", "Page Viewed", "Other")


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.integers(-2, 95),
            st.sampled_from(NAMES),
            st.sampled_from(("gb", "video", "compare", None)),
            st.integers(0, 8),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_one_pass_and_two_levels_add_up_to_the_same(
    rows: list[tuple[int, int, str, str | None, int]],
) -> None:
    with open_engine(threads=1) as engine:
        events = frame(
            engine,
            EVENTS,
            *(
                an_event(age, name, account_id=who, feature=feature, amount=eighths / 8)
                for who, age, name, feature, eighths in rows
            ),
            an_event(0, "Login", account_id=1),
        )
        declared = measures(today())
        seen = engine.collect(use(events, moment=today(), core=CORE))
        columns = _columns(events, declared)
        anywhere = engine.collect(added_anywhere(columns, declared))

    added = seen.drop_columns(["distinct_features_30", "integrations_30"])
    quick = sorted(added.to_pylist(), key=_account)
    assert sorted(anywhere.select(added.column_names).to_pylist(), key=_account) == quick


def _columns(events: Any, declared: Any) -> Any:
    import narwhals.stable.v2 as nw

    inside = events.filter(
        nw.col("day").is_between(today().first_day, today().day),
        nw.col("known_us") <= today().known_us,
    )
    marks = marked(inside, moment=today(), core=CORE)
    return marks.select("account_id", "day", **{one.name: one.values for one in declared})


def _account(row: dict[str, Any]) -> int:
    return int(row["account_id"])
