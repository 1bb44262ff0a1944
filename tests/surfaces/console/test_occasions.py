"""What a message was sent for is told by names, never by ids that only engineers know."""

import pytest

from tenure.strategy.loading import preset
from tenure.surfaces.console.occasions import occasion_of


@pytest.mark.parametrize(
    ("journey", "step", "template", "told"),
    [
        ("annual_renewal", "t30", "renewal_options", ("Options and a person", "Annual renewal")),
        ("silent_check", "play", "plan_check", ("A plan check for the silent", None)),
        (
            "annual_renewal",
            "t30@2027",
            "renewal_options",
            ("Options and a person", "Annual renewal"),
        ),
        ("campaign-may", "offer", "preview", ("Preview", "campaign may")),
        (
            "benefits",
            "anniversary",
            "anniversary",
            ("Letter of thanks on the anniversary", "service notices"),
        ),
        ("benefits", "gone_by_now", "", ("gone_by_now", "service notices")),
    ],
)
def test_a_message_says_what_it_was_sent_for(
    journey: str, step: str, template: str, told: tuple[str | None, str | None]
) -> None:
    occasion = occasion_of(journey, step, strategy=preset("broadband"), template=template)
    names = (
        occasion.step if isinstance(occasion.step, str) else occasion.step.en,
        None if occasion.journey is None else occasion.journey.en,
    )
    assert names == told
