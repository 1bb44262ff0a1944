"""Weeks of choices by the engine's own parts; the whole year is the bench row `weekly`."""

from tests.simulation.weeks import EXPLORING, HOLDOUT, Year, live


def test_weeks_after_a_trial_bring_more_than_they_risk_and_keep_what_is_needed_to_learn() -> None:
    """E1, E2 in small (TOP-05): a holdout, plausible exploration, late outcomes."""
    found = live(Year(40, weeks=6, delay=4, every=6))

    assert found.gain.mean() >= 2.0
    assert abs(found.held_out - HOLDOUT) <= 0.01
    assert found.least_propensity >= 0.005
    # Deep coupons are tried by the few for whom they might pay, and not by everybody.
    assert found.share[:, 6].mean() < EXPLORING / 10
    assert found.changed == ()
