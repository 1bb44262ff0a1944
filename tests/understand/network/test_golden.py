"""G24 and G25, read from the file that publishes them."""

from datetime import datetime, timedelta, timezone
from fractions import Fraction

import pytest

from tenure.understand.network.rules import (
    Codec,
    Outage,
    availability,
    credit_percent,
    given_back_minor,
    mos,
    rating,
    rebate_minor,
)
from tests.understand.metrics.golden import expected_of, rows_of

UTC8 = timezone(timedelta(hours=8))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC8)


def test_g24_availability_credit_and_rebate() -> None:
    """NET: overlapping outages merge, the one over midnight counts two hours in June."""
    told, fee = expected_of("G24"), 8800
    outages = [
        Outage(instant(row["from_utc8"]), instant(row["to_utc8"]), is_planned=row["planned"] == "1")
        for row in rows_of("G24")
    ]

    found = availability(
        outages, begins=datetime(2026, 6, 1, tzinfo=UTC8), ends=datetime(2026, 7, 1, tzinfo=UTC8)
    )

    assert found.down_minutes == told["downtime_minutes"]
    assert found.share == Fraction(told["availability"]["num"], told["availability"]["den"])
    assert credit_percent(found) == told["credit_percent"]
    assert fee * credit_percent(found) // 100 == told["credit_minor"]
    assert rebate_minor(found, fee_minor=fee) == told["outage_rebate_minor"]
    assert given_back_minor(found, fee_minor=fee) == told["paid_minor"]


def test_g25_the_opinion_of_a_rating_and_of_a_path() -> None:
    told = expected_of("G25")

    assert {r: f"{mos(float(r)):.2f}" for r in told["mos_by_R"]} == told["mos_by_R"]
    paths = []
    for row in rows_of("G25"):
        r = rating(
            delay_ms=float(row["one_way_delay_ms"]),
            loss_percent=float(row["loss_percent"]),
            codec=Codec(float(row["Ie"]), float(row["Bpl"])),
        )
        paths.append({"case": row["case"], "R": f"{r:.2f}", "MOS": f"{mos(r):.2f}"})
    assert paths == told["paths"]
    assert (mos(-5), mos(120)) == (1.0, 4.5)


@pytest.mark.parametrize(("hours", "percent"), [(0, 0), (1, 10), (8, 25), (100, 100)])
def test_the_steps_of_the_credit(hours: int, percent: int) -> None:
    begins = datetime(2026, 6, 1, tzinfo=UTC8)
    outage = Outage(begins, begins + timedelta(hours=hours))

    found = availability([outage], begins=begins, ends=begins + timedelta(days=30))

    assert credit_percent(found) == percent
