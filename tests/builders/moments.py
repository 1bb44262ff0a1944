"""The day on which most tests stand, and names that no two rows share."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

ZONE = "Asia/Shanghai"
AS_OF = date(2026, 6, 15)
AT = datetime(2026, 6, 15, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai, still the same day

_numbers = [count(1)]


def day(offset: int) -> date:
    """The day that many days after (or, below zero, before) the day of the tests."""
    return AS_OF + timedelta(days=offset)


def at_on(on: date, hour: int = 12) -> datetime:
    """The instant of a full hour of the business's day."""
    return datetime.combine(on, time(hour), ZoneInfo(ZONE)).astimezone(UTC)


def fresh(prefix: str) -> str:
    """A name that no row has yet."""
    return f"{prefix}-{next(_numbers[0])}"


def count_anew() -> None:
    """Begin the numbers of names at 1 again, where a test has its rows for itself."""
    _numbers[0] = count(1)
