"""For whom a play or a journey is: the segment that it names, as a part of its rule (SEG-06).

A new strategy names one for each. One that was stored before they did is read as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final, cast

from tenure.kernel.failures import Sentence
from tenure.strategy.features import ALL
from tenure.strategy.journeys import Journey
from tenure.strategy.plays import Play
from tenure.strategy.reading import UNKNOWN, StrategyError, nearest
from tenure.strategy.rules import ALWAYS, AllOf, Rule, features_of
from tenure.strategy.sections import Dated, Strategy
from tenure.strategy.segments import Segment

# Known in every strategy: everybody with a live term, chosen and not forgotten.
EVERYONE: Final = "everyone"

type Targeted = Journey | Play

_MISSING = Sentence(
    zh='没有写明人群：请用 segment 指定一个人群；确实面向所有人时写 "everyone"',
    en="it is for nobody in particular: name a segment, or write “everyone” if that is meant",
)
_NOT_READ = Sentence(
    zh="人群“{segment}”要看 {field}，而会逐户决策或做对照的旅程只按特征读取；请改用只看特征的人群",
    en="the segment “{segment}” looks at {field}, and a journey that decides or is compared is "
    "read on features alone; choose a segment of features",
)


def targeted(forms: tuple[Dated, ...], segments: tuple[Dated, ...]) -> tuple[Dated, ...]:
    """The forms of journeys.toml or plays.toml with the rules of their segments folded in.

    Where a segment changes while a form is in force, the form goes on with the new rule from that
    day: it becomes two.
    """
    if not any(one.segment for form in forms for one in _all(form).values()):
        return forms
    return tuple(
        replace(form, effective_on=on, value=_folded(form, _in_force(segments, on)))
        for place, form in enumerate(forms)
        for on in _days(form, until=_begins(forms, place + 1), segments=segments)
    )


def check_named(strategy: Strategy) -> None:
    """Refuse a play or a journey that names no segment."""
    named = (
        (section, form, one)
        for section in ("journeys", "plays")
        for form in strategy.dated[section]
        for one in _all(form).values()
    )
    for section, form, one in named:
        if not one.segment:
            path = f"{section.removesuffix('s')}[{one.id}].segment"
            raise StrategyError(file=form.file, path=path, problem=_MISSING)


def check(strategy: Strategy) -> None:
    """Refuse a journey of the day whose segment cannot be read where it decides or compares."""
    compared = {one.journey for one in strategy.experiments.comparisons.values()}
    for journey in strategy.journeys.values():
        if journey.id in compared or any(step.decides for step in journey.steps):
            unread = sorted(features_of(journey.applies) - ALL.keys())
            if unread:
                problem = _NOT_READ.fill(segment=journey.segment, field=unread[0])
                path = f"journey[{journey.id}].segment"
                raise StrategyError(file=strategy.form("journeys").file, path=path, problem=problem)


def _all(form: Dated) -> Mapping[str, Targeted]:
    return cast("Mapping[str, Targeted]", form.value)


def _begins(forms: tuple[Dated, ...], place: int) -> date | None:
    return forms[place].effective_on if place < len(forms) else None


def _days(form: Dated, *, until: date | None, segments: tuple[Dated, ...]) -> Iterator[date]:
    """The first day of a form, and the days on which segments change while it is in force."""
    yield form.effective_on
    for one in segments:
        if form.effective_on < one.effective_on and (until is None or one.effective_on < until):
            yield one.effective_on


def _in_force(segments: tuple[Dated, ...], on: date) -> Mapping[str, Segment]:
    begun = [one for one in segments if one.effective_on <= on]
    return cast("Mapping[str, Segment]", (begun or segments)[-1 if begun else 0].value)


def _folded(form: Dated, segments: Mapping[str, Segment]) -> Mapping[str, Targeted]:
    return {name: _for_segment(one, segments, file=form.file) for name, one in _all(form).items()}


def _for_segment(one: Targeted, segments: Mapping[str, Segment], *, file: str) -> Targeted:
    rule = ALWAYS if not one.segment else _rule_of(one, segments, file=file)
    if rule == ALWAYS:
        return one
    own = one.applies
    return replace(one, applies=rule if own == ALWAYS else AllOf((rule, own)))


def _rule_of(one: Targeted, segments: Mapping[str, Segment], *, file: str) -> Rule:
    found = segments.get(one.segment)
    if found is not None:
        return found.rule
    if one.segment == EVERYONE:
        return ALWAYS
    known = {*segments, EVERYONE}
    kind = "journey" if isinstance(one, Journey) else "play"
    problem = UNKNOWN.fill(name=one.segment, nearest=nearest(one.segment, known))
    raise StrategyError(file=file, path=f"{kind}[{one.id}].segment", problem=problem)
