"""Parts of the customers of a comparison, as lines of one table (`_parts.html`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, gettext_lazy

from tenure.prove.readouts.heterogeneity import Part
from tenure.prove.statistics.groups import Difference
from tenure.prove.statistics.parts import HonestPart
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording

SEGMENTS: Final = {
    "plan": gettext_lazy("Plan"),
    "cycle": gettext_lazy("Length of the term"),
    "years": gettext_lazy("Time with us"),
    "audience": gettext_lazy("Audience"),
}
YEARS: Final = {
    "first": gettext_lazy("first year"),
    "second": gettext_lazy("second and third year"),
    "later": gettext_lazy("longer than three years"),
}


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part: who, how many, the effect with its interval, and what may be said of it.

    `effect` is None where too few are known; `beyond` and `p_value` are against the others, None
    where the parts were not judged against each other.
    """

    who: str
    customers: int
    effect: Difference | None
    judgement: str
    tone: str
    beyond: Difference | None = None
    p_value: float | None = None


def line_of_part(one: Part, *, strategy: Strategy) -> PartLine:
    """A part of everybody: whether its interval leaves 0 out."""
    shown = one.shown
    if shown is None:
        judgement, tone = gettext("too few"), "t2"
    elif shown.low > 0:
        judgement, tone = gettext("renews more"), "good"
    elif shown.high < 0:
        judgement, tone = gettext("renews less"), "bad"
    else:
        judgement, tone = gettext("may be chance"), "t2"
    who = _who(one.segment, one.level, strategy=strategy)
    return PartLine(who, one.customers, shown, judgement, tone)


def line_of_honest(one: HonestPart, *, strategy: Strategy) -> PartLine:
    """A part that one half found and the other judged."""
    is_shown = one.is_shown()
    return PartLine(
        who=_who(one.segment, one.level, strategy=strategy),
        customers=one.customers,
        effect=one.effect,
        judgement=gettext("really different") if is_shown else gettext("may be chance"),
        tone="good" if is_shown else "t2",
        beyond=one.beyond,
        p_value=one.adjusted_p,
    )


def _who(segment: str, level: str, *, strategy: Strategy) -> str:
    return f"{SEGMENTS[segment]}: {level_called(segment, level, strategy=strategy)}"


def level_called(segment: str, level: str, *, strategy: Strategy) -> str:
    """A level of a segment as people call it."""
    if segment == "years":
        return str(YEARS[level])
    if segment == "cycle":
        return gettext("%(months)s months") % {"months": level}
    plan = strategy.catalog.plans.get(level)
    return plan.name.say(wording.reader_language()) if plan else level
