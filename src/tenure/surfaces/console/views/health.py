"""The health score judged by what came, its drivers, and the benefits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy.health import Basis, Health, ScoreSet
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, needs
from tenure.surfaces.console.sheets import sheet
from tenure.surfaces.console.views.use import held_now, nothing_yet
from tenure.understand.entitlements.reading import Held
from tenure.understand.entitlements.scorecard import CAVEAT, Scored, rows_of, scorecard
from tenure.understand.health.drivers import WORKS_ON, DriverMean, everybody
from tenure.understand.health.models import HealthStudy
from tenure.understand.health.previewing import Preview, changed, cost_line, preview
from tenure.understand.health.studying import newest, told_why
from tenure.understand.segments import queries as segments
from tenure.understand.segments.population import last_day


@dataclass(frozen=True)
class SetCard:
    """One set of scores with its study."""

    one: ScoreSet
    study: HealthStudy | None

    @property
    def why(self) -> Sentence | None:
        return told_why(self.study) if self.study else None

    @property
    def is_learned(self) -> bool:
        return self.one.basis is Basis.LEARNED and bool(self.study and self.study.weights)

    @property
    def figures(self) -> Mapping[str, Any]:
        return self.study.figures if self.study else {}

    @property
    def tenths(self) -> list[dict[str, Any]]:
        """The back-test of the weights in use; `length` is the share that renewed, of a hundred."""
        name = "learned_tenths" if self.is_learned else "tenths"
        return [{**row, "length": 100 * row["share"]} for row in self.figures.get(name, [])]

    @property
    def weights(self) -> list[tuple[Sentence, str, int, float, float | None]]:
        """Each part with its written and its learned weight, both in per cent."""
        total = sum(part.weight for part in self.one.components)
        learned = self.study.weights if self.study else {}
        return [
            (part.name, part.id, part.weight, 100 * part.weight / total, learned.get(part.id))
            for part in self.one.components
        ]


@needs(Right.READ)
def health(request: HttpRequest) -> HttpResponse:
    """Each set of scores: weights, the back-test, the benefit of each line, and what a change does.

    A draft of weights or of the line stands in the address; nothing is saved here (H4).
    """
    stands = shell.standing()
    if stands.as_of is None:
        return nothing_yet(request)
    strategy = stands.strategy.at(stands.as_of)
    rule = strategy.health
    cards = [SetCard(one, newest(one, as_of=stands.as_of)) for one in rule.sets]
    shown = {
        "shell": shell.of(request, stands),
        "on": stands.as_of,
        "rule": rule,
        "cards": cards,
        "cost_line": cost_line(rule),
        "draft": request.GET.dict(),
        "found": _previewed(request, rule, strategy=strategy, as_of=stands.as_of),
    }
    return render(request, "console/health.html", shown)


def _previewed(
    request: HttpRequest, rule: Health, *, strategy: Strategy, as_of: date
) -> Preview | None:
    """What the draft in the address would do; None where it changes nothing."""
    try:
        weights = {
            part.id: int(given)
            for one in rule.sets
            for part in one.components
            if (given := request.GET.get(f"w.{part.id}", "")).strip()
        }
        line = request.GET.get("line", "").strip()
        draft = changed(rule, weights=weights, threshold=float(line) if line else None)
        if draft == rule:
            return None
        return preview(draft, strategy=strategy, as_of=as_of)
    except ValueError:
        messages.error(request, _NOT_A_NUMBER.say(wording.reader_language()))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return None


_NOT_A_NUMBER = Sentence(
    zh="权重是整数，介入线是数字；请改好再预览。",
    en="Weights are whole numbers and the line is a number; correct them and look again.",
)


@dataclass(frozen=True)
class DriverRow:
    """One segment, or everybody, with its three drivers."""

    name: Sentence
    customers: int
    means: tuple[DriverMean, ...]
    gap: tuple[float | None, ...]


@needs(Right.READ)
def drivers(request: HttpRequest) -> HttpResponse:
    """Experience, value and emotion of everybody and of each segment (MET-13)."""
    stands = shell.standing()
    if stands.as_of is None:
        return nothing_yet(request)
    on = last_day(as_of=stands.as_of)
    strategy = stands.strategy.at(on)
    read = everybody(strategy.health, on=on)
    whole = read.mean()
    members = segments.members(on)
    known = segments.known(as_of=on, strategy=stands.strategy)
    rows = [
        DriverRow(
            known[name].name,
            len(members.customers(name)) if members else 0,
            means,
            tuple(
                None if one.score is None or all_.score is None else one.score - all_.score
                for one, all_ in zip(means, whole, strict=True)
            ),
        )
        for name, means in (read.by_segment(members) if members else {}).items()
        if name in known
    ]
    shown = {
        "shell": shell.of(request, stands),
        "on": on,
        "sets": strategy.health.beside,
        "whole": whole,
        "terms": len(read.term_id),
        "rows": rows,
        "works_on": WORKS_ON,
    }
    return render(request, "console/drivers.html", shown)


@needs(Right.READ)
def benefits(request: HttpRequest) -> HttpResponse:
    """Each benefit: entitled, used, content, answered, and how its users renewed (MET-14)."""
    stands = shell.standing()
    read = held_now(stands)
    if read is None:
        return nothing_yet(request)
    wanted = request.GET.get("segment", "")
    members = segments.members(read.on)
    known = segments.known(as_of=read.on, strategy=stands.strategy)
    shown = {
        "shell": shell.of(request, stands),
        "on": read.on,
        "cards": _cards(read, stands, wanted=wanted, members=members, at=clock.now()),
        "caveat": CAVEAT,
        "wanted": wanted,
        "choices": [(name, known[name].name) for name in members.segments if name in known]
        if members
        else [],
    }
    return render(request, "console/benefits.html", shown)


@needs(Right.READ)
def benefits_list(request: HttpRequest) -> HttpResponse:
    """The scorecard as a sheet."""
    stands = shell.standing()
    read = held_now(stands)
    if read is None:
        return nothing_yet(request)
    wanted = request.GET.get("segment", "")
    members = segments.members(read.on)
    cards = _cards(read, stands, wanted=wanted, members=members, at=clock.now())
    return sheet(rows_of(cards, on=read.on, language=wording.reader_language()), name="benefits")


def _cards(
    read: Held,
    stands: shell.Standing,
    *,
    wanted: str,
    members: segments.Members | None,
    at: datetime,
) -> tuple[Scored, ...]:
    chosen = members.terms(wanted) if members and wanted in members.segments else None
    return scorecard(read, strategy=stands.strategy, at=at, terms=chosen)
