"""What becomes of the terms for which steps are due: the values that the sorting asks for."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import batched
from pathlib import Path
from typing import Any

from tenure.act.care.rules import call_key_of_step
from tenure.act.channels.registry import carried
from tenure.act.habits.rules import ELDERLY_YEARS, YOUNG_YEARS
from tenure.act.journeys.due import Due
from tenure.act.journeys.forks import Draw, draws
from tenure.act.journeys.rules import told_key, ways
from tenure.act.journeys.versions import Version
from tenure.act.journeys.webhooks import is_heard
from tenure.records.experiments.queries import endings
from tenure.records.experiments.rules import Ended, is_over
from tenure.records.rows import select_parts
from tenure.strategy.experiments import Comparison
from tenure.strategy.journeys import Clock, Journey, OnFailure, Step

SORTED = Path(__file__).parent / "sql" / "sort_due.sql"
# So many steps are sorted by one statement.
BATCH_SIZE = 50
# As `sort_due.sql` tells them.
_COLUMNS = (
    "term_id", "account_id", "person_id", "ends_on", "owner_name", "is_held_out", "language",
    "decision_id", "template", "message_class", "channel", "address", "outcome", "reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opening:
    """The terms for which a step is due, and for each end of a term until when it may be sent.

    `entry` is the day on which they entered, where days are counted from that.
    """

    due: Due
    expires: Mapping[date, datetime]
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Sorting:
    """One step in one version on a day, the terms for which it is due, and what a lot said."""

    version: Version
    step: Step
    opening: Opening
    on: date
    drawn: Draw | None = None

    @property
    def compared(self) -> Comparison | None:
        """The comparison that changes the step, if one does."""
        experiments = self.version.strategy.experiments
        return experiments.comparing(self.version.journey.id, self.step.id.partition("@")[0])


@dataclass(frozen=True, slots=True)
class Ground:
    """What is so of all steps: how comparisons ended, and whether other programs are told."""

    endings: Mapping[str, Ended]
    is_heard: bool


def ground_of(steps: Collection[Sorting]) -> Ground:
    """Only what one of the steps asks for is read."""
    return Ground(
        endings() if any(one.compared for one in steps) else {},
        any(one.step.webhook for one in steps) and is_heard(),
    )


def sorted_steps(steps: Sequence[Sorting]) -> list[list[dict[str, Any]]]:
    """Of each step the terms with what would become of them: some questions for all steps.

    Nothing is written, not even for this connection alone.
    """
    ground = ground_of(steps)
    drawn = draws([(one.version.journey, one.step, one.opening.due.terms) for one in steps])
    values = [
        values_of(replace(one, drawn=lot), ground=ground)
        for one, lot in zip(steps, drawn, strict=True)
    ]
    return [rows for some in batched(values, BATCH_SIZE) for rows in _sorted(some)]


def _sorted(values: Sequence[Mapping[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for rows in select_parts(SORTED, values):
        found = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        yield sorted(found, key=lambda row: row["term_id"])


def values_of(one: Sorting, *, ground: Ground) -> dict[str, Any]:
    """What the sorting of one step asks for, by the names that the statement gives it."""
    step, opening, drawn = one.step, one.opening, one.drawn
    journey, strategy = one.version.journey, one.version.strategy
    comparison = one.compared
    over = ground.endings.get(comparison.id) if comparison else None
    is_ended = is_over(over, on=strategy.as_of)
    found = ways(
        step,
        offers=strategy.offers,
        messages=strategy.messages,
        arms=comparison.arms.values() if comparison else (),
        carried=carried(),
    )
    return {
        "terms": json.dumps(opening.due.terms if drawn is None else drawn.kept),
        "elsewhere": json.dumps(() if drawn is None else drawn.elsewhere),
        "journey": journey.id,
        "step": step.id,
        "version": journey.version,
        "entry": opening.entry,
        "current_version": one.version.current,
        "ends_from": min(opening.expires),
        "ends_until": max(opening.expires),
        "key": f"{journey.id}:{step.id}:",
        "call_key": call_key_of_step(journey.id, step=step.id),
        "tells": bool(step.webhook),
        "told_key": told_key(journey.id, step=step.id),
        "is_heard": bool(step.webhook) and ground.is_heard,
        "calls": step.on_failure is OnFailure.CALL,
        "decides": step.decides,
        "ended": journey.clock is Clock.LAPSE,
        "renews": speaks_of_renewing(journey, step),
        "follows": step.follows,
        "unless_reacted": step.unless_reacted,
        "message": step.message,
        "ways": json.dumps([asdict(way) for way in found]),
        "elderly_born_until": one.on.year - ELDERLY_YEARS,
        "young_born_after": one.on.year - YOUNG_YEARS,
        "held_out_below": strategy.experiments.holdout_below,
        "comparison": comparison.id if comparison and not is_ended else "",
        "rolled_out": over.rolled_out if over and is_ended else "",
    }


def speaks_of_renewing(journey: Journey, step: Step) -> bool:
    """Whether a step is about the end of a term: what a store renews is not reminded of it here."""
    return step.decides or journey.clock in (Clock.END, Clock.LAPSE)
