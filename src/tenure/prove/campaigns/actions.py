"""Write down each night what every campaign has brought, so that its course can be shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from tenure.prove.campaigns.queries import evaluation
from tenure.prove.campaigns.rules import Evaluation
from tenure.prove.readouts.actions import REWRITTEN
from tenure.prove.readouts.measuring import counted
from tenure.prove.readouts.models import Readout
from tenure.prove.readouts.watching import dormant, guards
from tenure.prove.statistics.sample_ratio import sample_ratio_level
from tenure.records.campaigns.models import Campaign
from tenure.records.campaigns.queries import joined
from tenure.records.campaigns.rules import name_in_journal
from tenure.records.campaigns.states import LAUNCHED, Arm
from tenure.records.strategies.queries import current

# The terms of a campaign's last offers are long over by then: its course ends.
_FOLLOWED: Final = timedelta(days=500)


def read_campaigns(*, as_of: date, at: datetime) -> dict[str, int]:
    """Write the readout of each launched campaign for a day; written again it says the same.

    Returns:
        `campaigns`: how many were read out.
    """
    strategy = current().at(as_of)
    found = Campaign.objects.filter(
        state__in=LAUNCHED, launched_on__lte=as_of, ends_on__gte=as_of - _FOLLOWED
    )
    rows = []
    for one in found.order_by("key"):
        said = evaluation(one, joined(one), strategy=strategy, as_of=as_of)
        row = _row(one, said, as_of=as_of, at=at)
        row.least_effect = float(strategy.experiments.least_effect)
        row.guard_margin = float(strategy.experiments.guard_margin)
        row.guards = guards(row.experiment_key, as_of=as_of)
        values: dict[str, object] = {"as_of": as_of, "matured_until": said.matured_until}
        row.dormant = dormant(row.experiment_key, values=values, as_of=as_of)
        rows.append(row)
    with transaction.atomic():
        Readout.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["experiment_key", "subject", "as_of"],
            update_fields=REWRITTEN,
        )
    return {"campaigns": len(rows)}


def _row(campaign: Campaign, said: Evaluation, *, as_of: date, at: datetime) -> Readout:
    told, finding = said.statement, said.finding
    groups = {str(Arm.TREATED): said.treated, str(Arm.CONTROL): said.control}
    return Readout(
        experiment_key=name_in_journal(campaign.key),
        subject=str(Arm.TREATED),
        control=str(Arm.CONTROL),
        as_of=as_of,
        matured_until=said.matured_until,
        arms={arm: counted(one, assigned=said.assigned[arm]) for arm, one in groups.items()},
        verdict=told.verdict,
        diff=told.diff,
        low=told.low,
        high=told.high,
        fixed_low=finding.fixed.low if finding.fixed else None,
        fixed_high=finding.fixed.high if finding.fixed else None,
        p_value=finding.test.p_value if finding.test else None,
        wins=finding.wins,
        srm_p=told.srm_p,
        srm=sample_ratio_level(told.srm_p),
        has=told.has,
        needs=told.needs,
        currency=campaign.currency,
        read_at=at,
        **_money(said),
    )


def _money(said: Evaluation) -> dict[str, Any]:
    """What it brought after all that it cost, where anything may be said."""
    money = said.returned
    if money is None:
        return {}
    return {
        "renewals": money.renewals.effect,
        "renewals_low": money.renewals.low,
        "renewals_high": money.renewals.high,
        "margin_minor": round_down(money.margin.effect) - money.spent_minor,
        "margin_low_minor": round_down(money.margin.low) - money.spent_minor,
        "margin_high_minor": round_down(money.margin.high) - money.spent_minor,
        "offer_cost_minor": money.given_minor,
        "channel_cost_minor": money.spent_minor - money.given_minor,
    }


def round_down(value: float) -> int:
    """An estimate in whole minor units."""
    return int(value // 1)
