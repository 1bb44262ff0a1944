"""The day of an event is the day of its zone, one at a time and by the column."""

from datetime import UTC, date, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.clock import to_us, today
from tenure.kernel.periods import day_number
from tenure.observe.intake.days import local_day
from tenure.warehouse.days import local_days

ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
instants = st.datetimes(
    datetime(1990, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    datetime(2040, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    timezones=st.just(UTC),
)


@given(at=instants, zone=st.sampled_from(ZONES))
def test_the_day_is_that_of_the_clock_on_the_wall(at: datetime, zone: str) -> None:
    expected = day_number(today(zone, at))

    assert local_day(to_us(at), zone=zone) == expected
    assert local_days(np.array([to_us(at)]), zone=zone).tolist() == [expected]


def test_a_column_keeps_its_order() -> None:
    late, early = (datetime(2026, 6, 1, hour, tzinfo=UTC) for hour in (16, 15))
    column = np.array([to_us(late), to_us(early), to_us(late)])

    days = local_days(column, zone="Asia/Shanghai")

    first = day_number(date(2026, 6, 1))
    assert days.tolist() == [first + 1, first, first + 1]
    assert local_days(np.array([], dtype=np.int64), zone="UTC").tolist() == []
