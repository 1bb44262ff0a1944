"""R-A-031, R-A-062: law that is announced or struck down is watched, and binds nobody meanwhile."""

from datetime import date
from pathlib import Path

import pytest

from tenure.strategy.loading import preset, preset_names

NOTE = Path(__file__).parents[2] / "docs/decisions/0082-law-that-is-watched.md"


@pytest.mark.parametrize("rule", ["R-A-031", "R-A-062", "Digital Fairness Act", "uk_dmcc", "FTC"])
def test_the_list_for_the_next_release_names_what_is_watched(rule: str) -> None:
    assert rule in NOTE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", preset_names())
def test_what_is_watched_has_no_row_in_force(name: str) -> None:
    """R-A-062: no code before there is a text; R-A-031: federal law names no days."""
    policies = preset(name).obligations.policies

    names = {one.jurisdiction for one in policies}
    assert not {one for one in names if "fairness" in one or one.endswith("dfa")}
    for one in policies:
        if one.jurisdiction == "uk_dmcc":
            assert not one.is_in_force(date(2026, 12, 31))
        if one.jurisdiction == "us_fed":
            assert one.notices == ()


@pytest.mark.parametrize("name", preset_names())
def test_every_row_says_when_it_was_checked_and_from_what(name: str) -> None:
    """R-A-031: what was not looked at for a year is looked at before the next release."""
    for one in preset(name).obligations.policies:
        assert one.source
        assert date(2026, 1, 1) <= one.checked_on, one.stamp
