"""What may be said, and what may not be said yet."""

import numpy as np
import pytest

from tenure.kernel.failures import Sentence
from tenure.prove.readouts.verdicts import Design, needed, read
from tenure.prove.statistics.groups import yes_or_no
from tenure.prove.statistics.sample_ratio import SampleRatio
from tenure.prove.telling.verdicts import Verdict

PLANNED = Design(control_share=0.05, least_effect=0.02, least_per_arm=200, is_open=False)
OPEN = Design(control_share=0.5, least_effect=0.03, least_per_arm=200, is_open=True)


def test_nothing_matured_is_too_early() -> None:
    """TOP-04: the readout says so instead of showing a number."""
    found = read(yes_or_no(0, yes=0), yes_or_no(10, yes=8), design=PLANNED, ratio=SampleRatio.FINE)

    assert found.verdict is Verdict.TOO_EARLY
    assert (found.shown, found.fixed, found.test, found.needs) == (None, None, None, None)


def test_few_customers_are_told_how_many_it_takes() -> None:
    """0.80 → 0.82 with 5 % held out: 7.849 × (0.16 ⁄ 0.05 + 0.1476 ⁄ 0.95) ⁄ 0.02² = 65,840."""
    found = read(
        yes_or_no(1900, yes=1600), yes_or_no(100, yes=80), design=PLANNED, ratio=SampleRatio.FINE
    )

    assert found.verdict is Verdict.TOO_FEW
    assert (found.has, found.needs) == (2_000, 65_840)
    assert found.fixed is None


def test_no_interval_of_rates_is_wider_than_rates_can_differ() -> None:
    found = read(
        yes_or_no(236, yes=217), yes_or_no(12, yes=10), design=PLANNED, ratio=SampleRatio.FINE
    )

    assert found.shown is not None
    assert (found.shown.low, found.shown.high) == (-1.0, 1.0)


def test_a_tiny_control_is_too_few_even_when_its_numbers_look_extreme() -> None:
    found = read(
        yes_or_no(5000, yes=4500), yes_or_no(30, yes=5), design=PLANNED, ratio=SampleRatio.FINE
    )

    assert found.verdict is Verdict.TOO_FEW


def test_a_reminder_that_loses_renewals_is_called_so() -> None:
    """TOP-05: the whole always-valid interval lies below zero."""
    found = read(
        yes_or_no(5000, yes=3500), yes_or_no(5000, yes=4000), design=OPEN, ratio=SampleRatio.FINE
    )

    assert found.verdict is Verdict.HARMS
    assert found.shown is not None
    assert found.shown.high < 0
    said = found.statement(least_effect=0.02, srm_p=1.0).told(name="T−7")
    assert said.en.startswith("“T−7” loses renewals: -10.0 percentage points")
    assert "正在损失续费" in said.zh


def test_uneven_arms_silence_everything_else() -> None:
    found = read(
        yes_or_no(5000, yes=3500), yes_or_no(5000, yes=4000), design=OPEN, ratio=SampleRatio.ALARM
    )

    assert found.verdict is Verdict.UNEVEN


def test_the_fixed_horizon_stays_locked_until_its_day_and_its_size() -> None:
    treated, control = yes_or_no(4500, yes=3690), yes_or_no(4500, yes=3600)
    early = Design(control_share=0.5, least_effect=0.03, least_per_arm=200, is_open=False)

    locked = read(treated, control, design=early, ratio=SampleRatio.FINE)
    opened = read(treated, control, design=OPEN, ratio=SampleRatio.FINE)
    # Φ(0.02 / √(0.82 × 0.18 / 4,500 + 0.8 × 0.2 / 4,500)): as likely as it looks, once opened.
    assert locked.wins is None
    assert opened.wins == pytest.approx(0.99222, abs=1e-5)
    small = read(
        yes_or_no(500, yes=410), yes_or_no(500, yes=400), design=OPEN, ratio=SampleRatio.FINE
    )

    assert (locked.fixed, locked.test) == (None, None)
    assert locked.verdict is Verdict.NO_DIFFERENCE
    assert opened.test is not None
    # z = 0.02 ⁄ √(0.81 × 0.19 × 2 ⁄ 4500) = 2.418
    assert opened.test.p_value == pytest.approx(0.0156, abs=1e-4)
    assert opened.verdict is Verdict.HELPS
    assert (small.fixed, small.verdict) == (None, Verdict.TOO_FEW)


def test_a_handful_with_one_outcome_shows_no_interval_without_width() -> None:
    """One of one against one of one is not “no difference, surely”."""
    found = read(yes_or_no(1, yes=1), yes_or_no(1, yes=1), design=PLANNED, ratio=SampleRatio.FINE)

    assert (found.verdict, found.shown) == (Verdict.TOO_FEW, None)
    told = found.statement(least_effect=0.02, srm_p=1.0).told(name=Sentence(zh="甲", en="A"))
    assert "2 customers" in told.en
    assert f"{found.needs:,}" in told.en


@pytest.mark.parametrize("rate", [0.0, 0.5, 1.0])
def test_a_size_can_be_told_at_any_rate(rate: float) -> None:
    assert needed(rate, design=PLANNED) > 0


def test_aa_looked_at_on_twenty_days_seldom_claims_an_effect() -> None:
    """EXP-01: two arms without any difference, 20 looks, 400 runs with seed 20260615.

    The fixed interval cries wolf in more than an eighth of the runs; the always-valid one may
    in one of twenty.
    """
    chance = np.random.default_rng(20260615)
    looks, per_look = 20, 150
    design = Design(control_share=0.5, least_effect=0.03, least_per_arm=1, is_open=False)
    claims = peeks = 0
    for _ in range(400):
        renewed = chance.binomial(per_look, 0.8, (2, looks)).cumsum(axis=1)
        spoke = peeked = False
        for look in range(looks):
            count = per_look * (look + 1)
            arms = [yes_or_no(count, yes=int(renewed[arm, look])) for arm in (0, 1)]
            found = read(*arms, design=design, ratio=SampleRatio.FINE)
            assert found.shown is not None
            spoke |= found.verdict in (Verdict.HELPS, Verdict.HARMS)
            peeked |= abs(found.shown.effect) > 1.96 * found.shown.deviation
        claims += spoke
        peeks += peeked

    assert claims <= 20
    assert peeks >= 50
