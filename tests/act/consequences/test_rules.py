"""Consequences and countdowns are true on the day, or are not said (JRN-05, JRN-06, TOP-14)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.consequences.rules import (
    LIVE_FOR,
    Stored,
    Untrue,
    consequences,
    export_countdown,
    first_loss,
    steps_of,
)
from tenure.kernel.failures import Sentence
from tenure.strategy.catalog import Access

POLICY = {
    "steps": [
        {"day": 30, "access": "none", "effect": {"zh": "停止服务", "en": "service stops"},
         "data_kept_days": 30},
        {"day": 15, "access": "limited", "effect": {"zh": "降速", "en": "it slows down"}},
        {"day": 0, "access": "full", "effect": {"zh": "进入宽限期", "en": "grace begins"}},
    ]
}  # fmt: skip
STEPS = steps_of(POLICY)
ENDS = date(2026, 6, 1)
AT = datetime(2026, 7, 28, 4, tzinfo=UTC)
ON = date(2026, 7, 28)
GB = 1_000_000_000


def test_consequences_are_those_of_the_policy_with_their_days() -> None:
    """JRN-05: generated from the real policy, in order, in both languages."""
    found = consequences(STEPS, ENDS)

    assert [(str(one.on), str(one.access)) for one in found] == [
        ("2026-06-01", "full"), ("2026-06-16", "limited"), ("2026-07-01", "none"),
    ]  # fmt: skip
    assert found[1].said == Sentence(zh="2026-06-16 起：降速", en="from 2026-06-16: it slows down")
    assert first_loss(found) == found[1]
    assert len(consequences(STEPS, ENDS, until_on=date(2026, 6, 16))) == 2


def test_another_policy_has_other_consequences() -> None:
    assert consequences((), ENDS) == ()
    assert first_loss(consequences(STEPS[:1], ENDS)) is None


def countdown(
    *,
    stored_bytes: int = 20 * GB,
    age: timedelta = timedelta(0),
    on: date = ON,
) -> tuple[str, str, int]:
    found = export_countdown(STEPS, Stored(stored_bytes, AT - age), ends_on=ENDS, at=AT, on=on)
    return found.size, str(found.last_on), found.days_left


def test_the_countdown_is_live() -> None:
    """JRN-06: "your 20 GB cannot be downloaded in 3 days"."""
    # Ended on 1 June; stopped on the 30th day, 1 July; kept for 30 days, to 30 July.
    assert countdown() == ("20 GB", "2026-07-30", 2)
    assert countdown(on=date(2026, 7, 27)) == ("20 GB", "2026-07-30", 3)
    assert countdown(on=date(2026, 7, 30)) == ("20 GB", "2026-07-30", 0)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"stored_bytes": 0}, "nothing is stored"),
        ({"age": LIVE_FOR + timedelta(seconds=1)}, "not up to date"),
        ({"age": -timedelta(seconds=1)}, "not up to date"),
        ({"on": date(2026, 7, 31)}, "the time to export is over"),
    ],
)
def test_a_countdown_that_is_not_true_is_blocked(changes: dict[str, object], why: str) -> None:
    """TOP-14."""
    with pytest.raises(Untrue, match=why):
        countdown(**changes)  # type: ignore[arg-type]


def test_without_a_policy_about_data_nothing_is_counted_down() -> None:
    with pytest.raises(Untrue, match="names no time"):
        export_countdown(STEPS[:2], Stored(GB, AT), ends_on=ENDS, at=AT, on=ON)


@pytest.mark.parametrize(
    ("stored_bytes", "said"),
    [(20 * GB, "20 GB"), (20 * GB + 960_000_000, "20.9 GB"), (350_999_999, "350 MB"), (1, "1 MB")],
)
def test_the_amount_is_never_made_larger_than_it_is(stored_bytes: int, said: str) -> None:
    assert countdown(stored_bytes=stored_bytes)[0] == said


@given(st.integers(0, 200), st.integers(1, 10**12))
def test_whatever_is_shown_is_in_the_future_and_adds_up(offset: int, stored_bytes: int) -> None:
    on = ENDS + timedelta(days=offset)
    try:
        found = export_countdown(STEPS, Stored(stored_bytes, AT), ends_on=ENDS, at=AT, on=on)
    except Untrue:
        assert offset > 59
        return
    assert found.last_on - on == timedelta(days=found.days_left)
    assert found.days_left >= 0
    assert Access.NONE in {one.access for one in consequences(STEPS, ENDS)}
