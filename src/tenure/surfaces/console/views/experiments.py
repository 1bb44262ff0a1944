"""Experiments: what each comparison says today, how it came to that, and the size of the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.kernel.failures import Refusal
from tenure.prove.readouts.impact import impact
from tenure.prove.readouts.models import Readout
from tenure.prove.readouts.queries import course, of_day
from tenure.prove.reviews.queries import review, starts
from tenure.prove.statistics.sizes import Duration, NoChange, duration, needed_in_total
from tenure.records.campaigns.queries import names
from tenure.records.experiments.queries import ending_of, endings
from tenure.records.stock.queries import left_of
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, may, needs
from tenure.surfaces.console.experiment_page import ExperimentPage, Line, name_of
from tenure.surfaces.console.rolling_out import RollingOut
from tenure.surfaces.console.strategy_page import page_of

FIELDS: Final = {"base": 80.0, "change": 2.0, "control": 10.0, "weekly": 0.0}
_MOST_WEEKLY: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Size:
    """What the calculator says, or why it says nothing."""

    customers: int | None
    lasts: Duration | None
    fault: str


@needs(Right.READ)
def experiments(request: HttpRequest) -> HttpResponse:
    """Every comparison as of the last finished day, and how large the next one must be."""
    stands = shell.standing()
    lines = []
    if stands.as_of is not None:
        rules = stands.strategy.at(stands.as_of)
        found, called, over = of_day(stands.as_of), names(), endings()
        lines = [
            Line(
                one,
                name_of(one, strategy=rules, campaigns=called),
                ended=over.get(one.experiment_key),
            )
            for one in found
        ]
    shown = {
        "shell": shell.of(request, stands),
        "lines": lines,
        "size": _size(request, ripening_days=_ripening(stands)),
        "asked": {name: request.GET.get(name, f"{usual:g}") for name, usual in FIELDS.items()},
    }
    return render(request, "console/experiments.html", shown)


@needs(Right.READ)
def experiment(request: HttpRequest, *, key: str, subject: str) -> HttpResponse:
    """One comparison: verdict, course, arms, checks, money, and what must not get worse."""
    stands = shell.standing()
    found = course(key, subject, until=stands.as_of) if stands.as_of else []
    if not found or stands.as_of is None:
        raise Http404
    page = page_of_comparison(found, strategy=stands.strategy.at(stands.as_of))
    rules = page.strategy
    shown = {
        "shell": shell.of(request, stands),
        "page": page,
        "rules": rules.experiments,
        "may_act": may(request, Right.ACT),
    }
    return render(request, "console/experiment.html", shown)


def page_of_comparison(found: Sequence[Readout], *, strategy: Strategy) -> ExperimentPage:
    """One comparison as of its newest readout, and what rolling it out would change."""
    readout, settled = found[-1], strategy.experiments
    comparison = settled.randomised.get(readout.experiment_key)
    offer = strategy.offers.get(readout.subject)
    is_offer = readout.experiment_key in settled.between and offer is not None
    ending = ending_of(readout.experiment_key) if comparison else None
    last_on = ending.last_on if ending else None
    rolling = RollingOut(
        readout,
        strategy,
        impact=impact(readout, comparison, is_offer=is_offer, last_on=last_on)
        if comparison
        else None,
        ending=ending,
        left=left_of([offer], on=readout.as_of).get(offer.id) if is_offer and offer else None,
    )
    return ExperimentPage(
        readout,
        name_of(readout, strategy=strategy, campaigns=names()),
        course=found,
        comparison=comparison,
        strategy=strategy,
        rolling=rolling,
    )


@needs(Right.READ)
def strategy(request: HttpRequest) -> HttpResponse:
    """A strategy before and after its start, and against the holdout (MET-12)."""
    stands, page = shell.standing(), None
    if stands.as_of is not None:
        rules = stands.strategy.at(stands.as_of)
        known = starts(as_of=stands.as_of, zone=rules.business.zone)
        asked = request.GET.get("strategy", "")
        chosen = next((one for one in known if one[0] == asked), known[0] if known else None)
        if chosen is not None:
            found = review(chosen, as_of=stands.as_of, strategy=rules)
            page = page_of(found, starts=known, currency=rules.business.currency)
    shown = {"shell": shell.of(request, stands), "page": page}
    return render(request, "console/strategy.html", shown)


def _ripening(stands: shell.Standing) -> int:
    """Days from the day a term meets an experiment to the day its outcome is known."""
    experiments = stands.strategy.experiments
    return max(experiments.outcome_days, stands.strategy.business.grace_days)


def _size(request: HttpRequest, *, ripening_days: int) -> Size | None:
    """The calculator; None while nobody asked."""
    if "base" not in request.GET:
        return None
    asked = {name: request.GET.get(name, "") for name in FIELDS}
    try:
        customers, weekly = _needed(asked)
    except Refusal as refusal:
        return Size(None, None, refusal.sentence(wording.reader_language()))
    lasts = duration(customers, per_week=weekly, ripening_days=ripening_days) if weekly else None
    return Size(customers, lasts, "")


def _needed(asked: dict[str, str]) -> tuple[int, int]:
    """Customers of both arms, and how many become due each week.

    Raises:
        NoChange: what was asked is no change of a rate.
    """
    given: dict[str, float] = {}
    for name, usual in FIELDS.items():
        try:
            given[name] = float(asked[name] or usual)
        except ValueError:
            raise NoChange(base=asked["base"], change=asked["change"]) from None
    base, changed = given["base"] / 100, (given["base"] + given["change"]) / 100
    control = given["control"] / 100
    is_sound = 0 < base < 1 and 0 < changed < 1 and base != changed and 0 < control < 1
    if not is_sound:
        raise NoChange(base=f"{given['base']:g} %", change=f"{given['change']:g} %")
    weekly = int(min(max(given["weekly"], 0.0), _MOST_WEEKLY))
    return needed_in_total(base, changed, control_share=control), weekly
