"""The rules of a journey while they are edited: where each stands, and what may be asked there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext

from tenure.kernel.failures import Sentence
from tenure.strategy.features import ALL, OBSERVED, FeatureName
from tenure.strategy.fields import Fields
from tenure.strategy.journey_writing import RulePlace
from tenure.strategy.journeys import Journey
from tenure.strategy.reading import Reader
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rule_sentences import sentence_of
from tenure.strategy.rules import ALWAYS, NEVER, Rule
from tenure.surfaces.console.segment_desk import Choice
from tenure.surfaces.console.segment_draft import Draft

_WHICH: Final = re.compile(r"(entry|goal|when|todo|branch)(?:\.([a-z][a-z0-9_]*))?")
_KEYS: Final = {
    "entry": "applies",
    "goal": "goal",
    "when": "when",
    "todo": "todo_when",
    "branch": "when",
}
_NUMBERS: Final = Sentence(zh="指标", en="Numbers")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule that may be edited: its name, and what it says now."""

    which: str
    name: str
    said: Sentence | None


def place_of(which: str) -> RulePlace | None:
    """Where the rule of an address stands; None where the address means none."""
    found = _WHICH.fullmatch(which)
    if found is None or (found[1] in ("entry", "goal")) == bool(found[2]):
        return None
    kind, target = found[1], found[2] or ""
    if kind == "branch":
        return RulePlace(_KEYS[kind], branch=target)
    return RulePlace(_KEYS[kind], step=target)


def fields_at(place: RulePlace) -> Mapping[str, FeatureName]:
    """What a rule may look at: who enters hangs on what was observed, never on our own scores."""
    return OBSERVED if place.key == "applies" else ALL


def choices(fields: Mapping[str, FeatureName]) -> list[Choice]:
    """Every field that may be chosen."""
    return [Choice(_NUMBERS, tuple((name, one.name) for name, one in fields.items()))]


def rule_lines(journey: Journey, names: Fields, *, language: str) -> list[RuleLine]:
    """Every rule of a journey, in the order in which customers meet them."""

    def _said(rule: Rule) -> Sentence | None:
        return None if rule in (ALWAYS, NEVER) else sentence_of(rule, names=names)

    found = [
        RuleLine("entry", gettext("Who enters"), _said(journey.applies)),
        RuleLine("goal", gettext("Goal"), _said(journey.goal)),
    ]
    for fork in journey.forks:
        if not fork.is_by_lot:
            found += [
                RuleLine(f"branch.{one.id}", one.name.say(language), _said(one.rule))
                for one in fork.branches[:-1]
            ]
    for step in journey.steps:
        name = step.name.say(language)
        found.append(RuleLine(f"when.{step.id}", name, _said(step.condition)))
        if step.todo is not None:
            work = gettext("%(step)s: work for a person") % {"step": name}
            found.append(RuleLine(f"todo.{step.id}", work, _said(step.todo_when)))
    return found


def rule_of(draft: Draft) -> Rule:
    """The rule that a draft says.

    Raises:
        StrategyError: it cannot be a rule.
    """
    reader = Reader({"when": draft.table}, file=gettext("this rule"))
    return rule_at(reader, "when", features=draft.fields)


def name_of(which: str, lines: Sequence[RuleLine]) -> str:
    """How people call the rule of an address."""
    return next((one.name for one in lines if one.which == which), which)
