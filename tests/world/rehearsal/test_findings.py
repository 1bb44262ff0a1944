"""What a rehearsal finds: caps and hours counted by hand, and two sides customer by customer."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tenure.strategy.loading import preset
from tenure.world.rehearsal.comparing import compared
from tenure.world.rehearsal.findings import Sent, outside_hours, over_caps

STRATEGY = preset("broadband").at(date(2026, 3, 11))
NOON = datetime(2026, 3, 11, 4, tzinfo=UTC)  # 12:00 in Shanghai


def sent(*days: int, at: datetime = NOON, channel: str = "sms", person: int = 1) -> list[Sent]:
    template = next(one for one in STRATEGY.messages.values() if one.message_class == "marketing")
    return [
        Sent(person, channel, template.id, "marketing", at + timedelta(days=day)) for day in days
    ]


def test_a_cap_is_broken_where_one_more_came_within_its_days() -> None:
    """TOP-10: marketing is at most twice in thirty days; the third within them breaks it."""
    monthly = next(cap for cap in STRATEGY.contact.caps if cap.id == "marketing_monthly")
    often = [3 * place for place in range(monthly.at_most + 1)]

    kept = over_caps(sent(*often[:-1]), STRATEGY)
    broken = over_caps(sent(*often), STRATEGY)
    apart = over_caps(sent(*often[:-1], monthly.days), STRATEGY)
    others = over_caps(sent(*often[:-1]) + sent(*often[:-1], person=2), STRATEGY)

    assert [one["marketing_monthly"] for one in (kept, broken, apart, others)] == [0, 1, 0, 0]


def test_a_message_of_the_night_is_found() -> None:
    night = NOON + timedelta(hours=11)

    assert outside_hours(sent(0), STRATEGY) == {"forced": 0, "not_allowed": 0}
    assert outside_hours(sent(0, at=night), STRATEGY) == {"forced": 0, "not_allowed": 1}


def side(**margins: int) -> dict[str, Any]:
    return {
        "accounts": {
            name: {"renewed": int(margin > 0), "margin_minor": margin}
            for name, margin in margins.items()
        }
    }


def test_two_sides_are_compared_customer_by_customer() -> None:
    """What is alike cancels: the interval is that of the differences."""
    found = compared(side(a=500, b=300, c=0, d=9000), side(a=400, b=300, c=0, d=9000))

    assert (found["accounts"], found["differ"]) == (4, 1)
    assert found["renewed"]["value"] == 0
    assert found["margin_minor"]["value"] == pytest.approx(100)
    assert found["margin_minor"]["deviation"] == pytest.approx(4 * 50 / 2)


def test_a_strategy_against_itself_is_no_difference_at_all() -> None:
    found = compared(side(a=500, b=0), side(a=500, b=0))

    assert found["margin_minor"] == {"value": 0, "deviation": 0, "low": 0, "high": 0}
