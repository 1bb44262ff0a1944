"""CMP-05, CMP-06: a renewal more has a price only where the campaign's readout allows one."""

from collections.abc import Mapping
from typing import Any

import pytest

from tenure.prove.campaigns.lines import LineReturn, LineVerdict, line_return, line_returns
from tenure.prove.campaigns.queries import evaluation
from tenure.prove.statistics.groups import yes_or_no
from tenure.records.campaigns.models import Campaign, CampaignLine
from tenure.records.campaigns.queries import joined, lines_of
from tenure.records.strategies.actions import apply_strategy
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.strategy.loading import preset
from tests.builders import AT, a_plan, a_plan_version, day
from tests.decide.decisions.deciding import change_strategy
from tests.prove.campaigns.test_evaluations import live_through

YEARLY, MONTHLY = ("fibre_500", 12), ("fibre_500", 1)
RULES: Mapping[str, Any] = {"least_per_arm": 200, "alpha": 0.05}


def test_each_plan_and_cycle_is_compared_with_its_own() -> None:
    """400 × (0.75 − 0.50) + 200 × (0.80 − 0.60) = 140 renewals more, for 280,000 spent on them."""
    offered = {
        YEARLY: (yes_or_no(400, yes=300), 200_000),
        MONTHLY: (yes_or_no(200, yes=160), 80_000),
        ("seldom", 12): (yes_or_no(90, yes=90), 900_000),
    }
    left = {
        YEARLY: (yes_or_no(400, yes=200), 0),
        MONTHLY: (yes_or_no(300, yes=180), 0),
        ("seldom", 12): (yes_or_no(20, yes=1), 0),  # too few to know how far they differ
    }

    found = line_return(offered, left, **RULES)

    assert found.verdict is LineVerdict.TOLD
    assert (found.customers, found.cost_minor) == (600, 2_000)
    assert found.least_minor is not None
    assert found.most_minor is not None
    assert found.least_minor < 2_000 < found.most_minor
    # The bounds are those of the renewals: their middle in renewals is the estimate.
    few, many = 280_000 / found.most_minor, 280_000 / found.least_minor
    assert (few + many) / 2 == pytest.approx(140, abs=0.1)


@pytest.mark.parametrize(
    ("offered", "left", "verdict"),
    [
        ((199, 190), (400, 100), LineVerdict.TOO_FEW),
        ((400, 390), (199, 10), LineVerdict.TOO_FEW),
        ((400, 210), (400, 200), LineVerdict.UNPROVEN),
        ((400, 200), (400, 200), LineVerdict.UNPROVEN),
        ((400, 100), (400, 300), LineVerdict.FEWER),
    ],
)
def test_what_cannot_be_said_has_no_number(
    offered: tuple[int, int], left: tuple[int, int], verdict: LineVerdict
) -> None:
    got, kept = yes_or_no(offered[0], yes=offered[1]), yes_or_no(left[0], yes=left[1])

    found = line_return({YEARLY: (got, 80_000)}, {YEARLY: (kept, 0)}, **RULES)
    nobody = line_return({YEARLY: (got, 80_000)}, {MONTHLY: (kept, 0)}, **RULES)

    assert found.verdict is verdict
    assert (found.cost_minor, found.least_minor, found.most_minor) == (None, None, None)
    assert nobody == LineReturn(LineVerdict.TOO_FEW)


def read(campaign: Campaign, place: int) -> dict[str, LineReturn]:
    strategy, as_of = current().at(day(place)), day(place)
    said = evaluation(campaign, joined(campaign), strategy=strategy, as_of=as_of)
    lines = lines_of(campaign)
    found = line_returns(campaign, lines, said=said, settled=strategy.experiments, as_of=as_of)
    return {one.name: found[one.pk] for one in lines if one.pk in found}


def test_it_is_read_from_the_rows(either_database: str) -> None:
    """Eight treated of one plan, all renewed, 5.05 each; none of the four others renewed."""
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2025))
    campaign = live_through(treated=8, control=4, renewed=(8, 0))
    CampaignLine.objects.create(campaign=campaign, name="热线", planned_minor=100)

    assert read(campaign, 11) == {"coupon_30": LineReturn(LineVerdict.TOO_EARLY)}
    assert read(campaign, 60) == {"coupon_30": LineReturn(LineVerdict.TOO_FEW)}

    change_strategy({"experiments.toml": {"least_per_arm": 3}})
    told = LineReturn(LineVerdict.TOLD, 8, cost_minor=505, least_minor=505, most_minor=505)
    assert read(campaign, 60) == {"coupon_30": told}

    # Customers of another plan say nothing about these.
    other = a_plan_version(plan=a_plan(code="other"))
    Term.objects.filter(renewed_on=None, number=1).update(plan_version=other)
    assert read(campaign, 60) == {"coupon_30": LineReturn(LineVerdict.TOO_FEW)}
