"""A comparison of two texts that the rehearsed business tries while its days are lived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, cast

from tenure.strategy.content import FILES
from tenure.strategy.loading import build
from tenure.strategy.sections import Strategy
from tenure.world.rehearsal.plan import Plan

JOURNEY: Final = "monthly_renewal"
STEP: Final = "t7"
OTHER_TEXT: Final = "value_review"
_FILE: Final = "experiments.toml"
# Outcomes of the last who enter are known by then, also where a term runs for a month more.
_READ_AFTER: Final = timedelta(days=60)


def with_trial(strategy: Strategy, plan: Plan) -> Strategy:
    """The strategy with one comparison more, from the first day on that is lived (EXP-01).

    Shipped strategies hold none, since a comparison has days of its own. A business whose strategy
    has no such step or text stays as it is.
    """
    now = strategy.at(plan.until)
    journey = now.journeys.get(JOURNEY)
    if journey is None or STEP not in {one.id for one in journey.steps}:
        return strategy
    if OTHER_TEXT not in now.messages:
        return strategy
    files = cast("Mapping[str, Mapping[str, Any]]", strategy.document[FILES])
    settled = files[_FILE]
    tried = {**settled, "comparison": [*settled.get("comparison", ()), _comparison(plan)]}
    return build({**strategy.document, FILES: {**files, _FILE: tried}})


def _comparison(plan: Plan) -> dict[str, Any]:
    return {
        "id": "monthly_words",
        "name": {"zh": "月付到期提醒：回顾对比提醒", "en": "monthly reminder: recap or reminder"},
        "hypothesis": {
            "zh": "先看到自己一个月用了什么的人，比只看到到期日的人更愿意续；预计多续 2 个百分点。",
            "en": "Who first reads what they used in a month renews rather than who reads the due "
            "date alone; 2 points more are expected.",
        },
        "journey": JOURNEY,
        "step": STEP,
        "salt": "monthly-words-1",
        "starts_on": plan.first_day.isoformat(),
        "planned_on": (plan.until + _READ_AFTER).isoformat(),
        "strata": ["plan"],
        "arm": [
            {"id": "reminder", "weight": 1},
            {"id": "recap", "weight": 1, "message": OTHER_TEXT},
        ],
    }
