"""What a message was sent for, as people call it: a step of a journey, a play, a campaign."""

from __future__ import annotations

from dataclasses import dataclass

from tenure.act.messages.own import template_of
from tenure.kernel.failures import Sentence
from tenure.records.campaigns.rules import KEY_OF
from tenure.strategy.sections import Strategy
from tenure.surfaces.console.journey_page import step_names

_CAMPAIGN = Sentence(zh="活动 {key}", en="campaign {key}")
_SERVICE = Sentence(zh="服务通知", en="service notices")


@dataclass(frozen=True, slots=True)
class Occasion:
    """The step, and what it belongs to; a play is one step and belongs to nothing."""

    step: Sentence | str
    journey: Sentence | None


def occasion_of(journey: str, step: str, *, strategy: Strategy, template: str = "") -> Occasion:
    """How people call what a message was sent for; a step that is no more keeps its id."""
    if journey in strategy.plays:
        return Occasion(strategy.plays[journey].name, None)
    if journey in strategy.journeys:
        # What was said in one year names the year behind an @.
        known = step_names(strategy).get((journey, step.partition("@")[0]), step)
        return Occasion(known, strategy.journeys[journey].name)
    said = template_of(template or step, strategy=strategy)
    name = said.name if said else step
    if journey.startswith(KEY_OF):
        return Occasion(name, _CAMPAIGN.fill(key=journey.removeprefix(KEY_OF)))
    return Occasion(name, _SERVICE)
