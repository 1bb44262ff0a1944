"""Read every experiment out: what it says on a day, or why it says nothing yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from tenure.prove.readouts.exposure import exposed
from tenure.prove.readouts.measuring import Brought, brought, counted, measured
from tenure.prove.readouts.models import Readout
from tenure.prove.readouts.queries import (
    NO_OUTCOME,
    Costs,
    Matured,
    Outcome,
    assigned_accounts,
    costs,
    drawn_outcomes,
    outcomes,
)
from tenure.prove.readouts.verdicts import Design, Finding, read
from tenure.prove.readouts.watching import dormant, guards
from tenure.prove.statistics.sample_ratio import SampleRatio, sample_ratio, sample_ratio_level
from tenure.prove.statistics.sequential import always_valid
from tenure.prove.telling.measures import Kind
from tenure.records.experiments.models import Experiment
from tenure.records.experiments.rules import HOLDOUT, TREATED
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.strategy.experiments import Comparison
from tenure.strategy.sections import Strategy

EXPLORATION: Final = "exploration"
TRIED: Final = "tried"
LEFT: Final = "left"


@dataclass(frozen=True, slots=True)
class Occasion:
    """The day that is read out, the instant, and the rules and outcomes of that day."""

    strategy: Strategy
    matured: Matured
    at: datetime

    def design(self, *, control_share: float, is_open: bool = False) -> Design:
        """What the strategy settled beforehand."""
        settled = self.strategy.experiments
        return Design(
            control_share=control_share,
            least_effect=float(settled.least_effect),
            least_per_arm=settled.least_per_arm,
            is_open=is_open,
            alpha=float(1 - settled.confidence),
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """One comparison, ready to be written down."""

    key: str
    subject: str
    control: str
    arms: Mapping[str, Mapping[str, Any]]
    terms: int
    finding: Finding
    srm_p: float


def read_out(*, as_of: date, at: datetime) -> dict[str, int]:
    """Write the readouts of a day; written again they say what is known now.

    Returns:
        `readouts`: how many comparisons; `matured`: treated and held out terms whose outcome is
        known.
    """
    occasion = _occasion(as_of, at)
    rows = [
        *_holdout(occasion),
        *_comparisons(occasion),
        *_exploration(occasion),
    ]
    with transaction.atomic():
        Readout.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["experiment_key", "subject", "as_of"],
            update_fields=REWRITTEN,
        )
    matured = sum(
        arm["terms"] for one in rows if one.experiment_key == HOLDOUT for arm in one.arms.values()
    )
    return {"readouts": len(rows), "matured": matured}


REWRITTEN: Final = [
    field.name
    for field in Readout._meta.concrete_fields
    if field.name not in ("id", "experiment_key", "subject", "as_of")
]


def _occasion(as_of: date, at: datetime) -> Occasion:
    """A term's outcome is known when the days of waiting and of grace are both over."""
    strategy = current().at(as_of)
    days = max(strategy.experiments.outcome_days, strategy.business.grace_days)
    until = as_of - timedelta(days=days)
    return Occasion(strategy, Matured(as_of, until, strategy.business.currency), at)


def _holdout(occasion: Occasion) -> Iterator[Readout]:
    """The whole programme against those whom it leaves alone."""
    experiment = Experiment.objects.filter(key=HOLDOUT).first()
    if experiment is None:
        return
    found = outcomes(HOLDOUT, occasion.matured)
    treated, control = found.get(TREATED, NO_OUTCOME), found.get(HOLDOUT, NO_OUTCOME)
    assigned = assigned_accounts(
        HOLDOUT, since=_defined_on(experiment), as_of=occasion.matured.as_of
    )
    weights = {arm: int(weight) for arm, weight in experiment.arms.items()}
    share = weights[HOLDOUT] / sum(weights.values())
    srm_p = sample_ratio(assigned, weights) if 0 < share < 1 else 1.0
    claim = Claim(
        key=HOLDOUT,
        subject=TREATED,
        control=HOLDOUT,
        arms={
            arm: counted(one.renewals, assigned=assigned.get(arm, 0))
            for arm, one in ((TREATED, treated), (HOLDOUT, control))
        },
        terms=int(treated.renewals.terms),
        finding=read(
            treated.renewals,
            control.renewals,
            design=occasion.design(control_share=min(max(share, 0.0001), 0.9999)),
            ratio=sample_ratio_level(srm_p),
        ),
        srm_p=srm_p,
    )
    more, has = brought(treated, control), _accounts(treated, control)
    money = _money(claim, more, has=has, spent=costs(occasion.matured))
    row = _row(claim, occasion, **money)
    row.guards = guards(HOLDOUT, as_of=occasion.matured.as_of)
    row.dormant = _dormant(HOLDOUT, occasion)
    yield row


def _dormant(key: str, occasion: Occasion) -> dict[str, list[int]]:
    return dormant(key, values=occasion.matured.values, as_of=occasion.matured.as_of)


def _defined_on(experiment: Experiment) -> date:
    """The day from which the arms have had the shares that they have now."""
    defined = Entry.objects.filter(kind="experiment.defined", content__key=experiment.key)
    last = defined.order_by("-on").values_list("on", flat=True).first()
    return last or experiment.started_on


def _comparisons(occasion: Occasion) -> Iterator[Readout]:
    """Each arm of each comparison, of scripts or offers, against its control (EXP-01, OFR-05)."""
    for comparison in occasion.strategy.experiments.randomised.values():
        if comparison.starts_on <= occasion.matured.as_of:
            yield from _comparison(comparison, occasion)


def _comparison(comparison: Comparison, occasion: Occasion) -> Iterator[Readout]:
    as_of = occasion.matured.as_of
    found = measured(comparison, occasion.matured)
    assigned = assigned_accounts(comparison.id, since=comparison.starts_on, as_of=as_of)
    srm_p = sample_ratio(assigned, comparison.weights)
    watched, unused = guards(comparison.id, as_of=as_of), _dormant(comparison.id, occasion)
    reached = exposed(comparison, as_of=as_of)
    for arm, weight in comparison.weights.items():
        if arm == comparison.control:
            continue
        treated, control = found.outcome(arm), found.outcome(comparison.control)
        both = weight + comparison.weights[comparison.control]
        design = occasion.design(
            control_share=comparison.weights[comparison.control] / both,
            is_open=as_of >= comparison.planned_on,
        )
        claim = Claim(
            key=comparison.id,
            subject=arm,
            control=comparison.control,
            arms={
                name: found.arm(name, assigned=assigned.get(name, 0))
                | {"exposed": reached.get(name, 0)}
                for name in (arm, comparison.control)
            },
            terms=int(treated.renewals.terms),
            finding=found.finding(arm, design=design, ratio=sample_ratio_level(srm_p)),
            srm_p=srm_p,
        )
        # What a longer stay is worth is not what terms brought until now.
        has = _accounts(treated, control)
        money = {} if found.is_stay else _money(claim, found.brought(arm), has=has)
        row = _row(claim, occasion, **money)
        row.guards, row.dormant, row.curves = watched, unused, found.curves(arm)
        row.strata = found.strata(arm)
        yield row


def _exploration(occasion: Occasion) -> Iterator[Readout]:
    """Each action at each step, where chance chose between it and leaving alone (TOP-05)."""
    for (journey, step, action), arms in drawn_outcomes(occasion.matured).items():
        groups = {name: arms.get(name, NO_OUTCOME.renewals) for name in (TRIED, LEFT)}
        counts = {name: group.accounts for name, group in groups.items()}
        srm_p = sample_ratio(counts, {TRIED: 1, LEFT: 1})
        claim = Claim(
            key=EXPLORATION,
            subject=f"{journey}.{step}.{action}",
            control=LEFT,
            arms={name: counted(one, assigned=one.accounts) for name, one in groups.items()},
            terms=int(groups[TRIED].terms),
            finding=read(
                groups[TRIED],
                groups[LEFT],
                design=occasion.design(control_share=0.5),
                ratio=sample_ratio_level(srm_p),
            ),
            srm_p=srm_p,
        )
        yield _row(claim, occasion)


def _money(
    claim: Claim, more: Brought | None, *, has: int, spent: Costs | None = None
) -> dict[str, int]:
    """What the treated brought above what they would have brought, in minor units (ROI-01).

    Prices of bought terms are net of discounts, so the margin needs only the costs that no price
    shows: contacts and days of service given away.

    Args:
        more: revenue and margin for each term that the treated have more; None while unknown.
        has: customers of both arms.
    """
    found: dict[str, int] = {}
    if spent is not None:
        found = {
            "offer_cost_minor": spent.discounts + spent.given_days,
            "channel_cost_minor": spent.contact,
            "subsidy_minor": spent.subsidy,
        }
    needs, terms = claim.finding.needs, claim.terms
    if needs is None or more is None:
        return found
    unseen = spent.contact + spent.given_days if spent is not None else 0
    revenue, margin = (always_valid(one, accounts=has, tuning=needs).times(terms) for one in more)
    return found | {
        "revenue_minor": int(revenue.effect),
        "margin_minor": int(margin.effect) - unseen,
        "margin_low_minor": int(margin.low) - unseen,
        "margin_high_minor": int(margin.high) - unseen,
    }


def _accounts(treated: Outcome, control: Outcome) -> int:
    return treated.renewals.accounts + control.renewals.accounts


def _row(claim: Claim, occasion: Occasion, **money: int) -> Readout:
    finding, shown, fixed = claim.finding, claim.finding.shown, claim.finding.fixed
    is_renewal = finding.measure.kind is Kind.RENEWAL
    together = shown.times(claim.terms) if shown and is_renewal else None
    level: SampleRatio = sample_ratio_level(claim.srm_p)
    return Readout(
        experiment_key=claim.key,
        subject=claim.subject,
        control=claim.control,
        as_of=occasion.matured.as_of,
        matured_until=occasion.matured.until,
        arms=dict(claim.arms),
        metric=finding.measure.kind,
        horizon_days=finding.measure.horizon_days,
        verdict=finding.verdict,
        diff=shown.effect if shown else None,
        low=shown.low if shown else None,
        high=shown.high if shown else None,
        fixed_low=fixed.low if fixed else None,
        fixed_high=fixed.high if fixed else None,
        p_value=finding.test.p_value if finding.test else None,
        wins=finding.wins,
        srm_p=claim.srm_p,
        srm=level,
        has=finding.has,
        needs=finding.needs,
        least_effect=float(occasion.strategy.experiments.least_effect),
        guard_margin=float(occasion.strategy.experiments.guard_margin),
        renewals=together.effect if together else None,
        renewals_low=together.low if together else None,
        renewals_high=together.high if together else None,
        currency=occasion.matured.currency,
        read_at=occasion.at,
        **money,
    )
