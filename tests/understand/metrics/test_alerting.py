"""MET-08: a planted drop of a fifth is found, and noise is left alone."""

import random

import pytest

from tenure.understand.metrics.rules.alerting import (
    WINDOW_DAYS,
    Part,
    Point,
    change_of,
    driver_of,
)

YEAR = 365
METRICS = 40
DAILY = 20  # terms due a day


def a_year(rng: random.Random, *, rate: float, drop_at: int | None = None) -> list[Point]:
    """The renewal rate of 30 days, every day of a year, with the chance of single terms."""
    days = []
    for day in range(YEAR + WINDOW_DAYS):
        fallen = drop_at is not None and day >= drop_at
        chance = rate * 0.8 if fallen else rate
        days.append(sum(rng.random() < chance for _ in range(DAILY)))
    n = DAILY * WINDOW_DAYS
    return [
        Point(day, sum(days[day - WINDOW_DAYS : day]) / n, n)
        for day in range(WINDOW_DAYS, len(days))
    ]


def alerts(points: list[Point], *, is_share: bool = True) -> list[int]:
    """The days on which an alert begins: none is repeated within a window."""
    found: list[int] = []
    for upto in range(1, len(points) + 1):
        day = points[upto - 1].day
        if found and day - found[-1] <= WINDOW_DAYS:
            continue
        if change_of(points[:upto], is_share=is_share):
            found.append(day)
    return found


def test_a_quiet_year_raises_at_most_one_alert_a_metric() -> None:
    rng = random.Random(20_260_615)

    counts = [len(alerts(a_year(rng, rate=0.85))) for _ in range(METRICS)]

    assert max(counts) <= 1
    assert sum(counts) <= METRICS // 10


@pytest.mark.parametrize("rate", [0.9, 0.8])
def test_a_drop_of_a_fifth_is_found_within_a_window(rate: float) -> None:
    rng = random.Random(7)

    found = [alerts(a_year(rng, rate=rate, drop_at=250)) for _ in range(8)]

    assert all(any(250 < day <= 250 + WINDOW_DAYS for day in days) for days in found)


def test_an_amount_is_judged_by_its_own_habit() -> None:
    """Revenue that grows by one per cent a month, and then falls by a fifth."""
    rng = random.Random(3)
    grown = [Point(day, 1e6 * (1 + day / 3_000 + rng.gauss(0, 0.004)), 900) for day in range(300)]
    fallen = [Point(day, 0.8e6, 900) for day in range(300, 303)]

    assert alerts(grown, is_share=False) == []
    change = change_of([*grown, *fallen], is_share=False)

    assert change is not None
    assert change.relative < -0.15


def test_few_cases_and_a_short_past_say_nothing() -> None:
    short = [Point(0, 0.9, 20), Point(30, 0.2, 20)]

    assert change_of([], is_share=True) is None
    assert change_of(short, is_share=True) is None
    assert change_of([Point(0, 100.0, 9), Point(30, 50.0, 9)], is_share=False) is None


def test_the_driver_is_what_moved_the_whole_most() -> None:
    def part(value: str, now: float, before: float, n: int) -> Part:
        return Part("plan", value, Point(30, now, n), Point(0, before, n))

    parts = [part("small", 0.1, 0.9, 10), part("large", 0.6, 0.8, 900), part("up", 0.9, 0.8, 90)]

    driver = driver_of(parts, falls=True)

    assert driver is not None
    assert driver.slice_value == "large"
    assert driver_of(parts[2:], falls=True) is None
