"""Let those for whom a compared step is due enter the comparison, each into one arm for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tenure.decide.decisions import past
from tenure.decide.decisions.arms import between_members
from tenure.decide.decisions.expressions import (
    DecidingStep,
    due_rule,
    near,
    with_rules,
    with_scores,
)
from tenure.decide.decisions.facing import Desk
from tenure.decide.decisions.points import Points
from tenure.kernel.failures import Sentence
from tenure.records.campaigns.queries import busy
from tenure.records.experiments.actions import STRATUM_FIELDS, Levels, assign_arms
from tenure.records.experiments.queries import endings, in_one_of
from tenure.records.experiments.rules import Ended, is_over
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.models import Term
from tenure.strategy.experiments import Comparison
from tenure.strategy.rules import features_of
from tenure.understand.features.registry import FEATURES, KEYS

if TYPE_CHECKING:
    import pyarrow as pa

_KEPT_APART = Sentence(
    zh="{count} 位客户已在另一个还没结束的对比里，没有进入“{name}”：同时参加两个会互相影响结果。",
    en="{count} customers are in another comparison that still runs and did not enter “{name}”: "
    "two at once would change each other's outcome.",
)


def enter_comparisons(desk: Desk) -> int:
    """Assign everybody who reaches a compared step and is not held out; how many entered.

    They enter when the step is due, before anything of it is sent, so that whatever happened
    until then is the same in every arm.
    """
    compared = desk.strategy.experiments.comparisons.values()
    ended = endings() if compared else {}
    running = _drawing(compared, ended, desk=desk)
    if not running:
        return 0
    steps = [_step_of(one, desk) for one in running]
    flagged = _flagged(desk, steps)
    count = 0
    for place, one in enumerate(running):
        alone = _apart(_members(flagged, f"due__{place}"), one, ended=ended, desk=desk)
        count += assign_arms(one, alone, as_of=desk.as_of, at=desk.at, levels=_levels(one, alone))
    return count


def _levels(comparison: Comparison, members: Sequence[tuple[int, int]]) -> Levels | None:
    """Each term's stratum; None where the comparison has none."""
    if not comparison.strata:
        return None
    fields = [STRATUM_FIELDS[one] for one in comparison.strata]
    terms = Term.objects.filter(pk__in=[term for _, term in members])
    return {term: tuple(level) for term, *level in terms.values_list("pk", *fields)}


def enter_between(points: Points, desk: Desk) -> int:
    """Give everybody who might get each of several offers an arm, before one is chosen (OFR-05)."""
    count = 0
    between = desk.strategy.experiments.between.values()
    ended = endings() if between else {}
    for one in _drawing(between, ended, desk=desk):
        inside = between_members(points, one, strategy=desk.strategy)
        rows = zip(points.listed("account_id"), points.listed("term_id"), strict=True)
        members = {row for row, is_in in zip(rows, inside.tolist(), strict=True) if is_in}
        elsewhere = busy([account for account, _ in members])
        fresh = sorted(row for row in members if row[0] not in elsewhere)
        alone = _apart(fresh, one, ended=ended, desk=desk)
        count += assign_arms(one, alone, as_of=desk.as_of, at=desk.at)
    return count


def _drawing(
    comparisons: Iterable[Comparison], ended: Mapping[str, Ended], *, desk: Desk
) -> list[Comparison]:
    """Those that draw on this day: begun, and not ended by a person."""
    return [
        one
        for one in comparisons
        if one.starts_on <= desk.as_of and not is_over(ended.get(one.id), on=desk.as_of)
    ]


def _apart(
    members: Sequence[tuple[int, int]],
    comparison: Comparison,
    *,
    ended: Mapping[str, Ended],
    desk: Desk,
) -> list[tuple[int, int]]:
    """Those who are in no other comparison that still runs: nobody is in two at once.

    Two at once would change each other's outcome; whoever is in one stays there, and the journal
    says how many were kept apart. One runs until its planned day, or until a person ended it: from
    the day after no arm of it binds, so that nothing is done any more to those who were drawn, and
    what another lot does to them falls on all its arms alike. They are free for it, while their
    outcome is still counted.
    """
    randomised = desk.strategy.experiments.randomised.values()
    others = [
        one.id
        for one in _drawing(randomised, ended, desk=desk)
        if one.id != comparison.id and desk.as_of < one.planned_on
    ]
    taken = in_one_of(others, [account for account, _ in members])
    if taken:
        why = _KEPT_APART.fill(name=comparison.name, count=len(taken))
        content = {
            "key": comparison.id, "count": len(taken), "why": {"zh": why.zh, "en": why.en},
        }  # fmt: skip
        append(
            Fact(
                "experiment.kept_apart",
                on=desk.as_of,
                content=content,
                once_key=f"apart:{comparison.id}:{desk.as_of}",
            ),
            at=desk.at,
            by="loop",
        )
    return [(account, term) for account, term in members if account not in taken]


def _step_of(comparison: Comparison, desk: Desk) -> DecidingStep:
    journey = desk.strategy.journeys[comparison.journey]
    return DecidingStep(journey, journey.step(comparison.step))


def _flagged(desk: Desk, steps: list[DecidingStep]) -> pa.Table:
    """The live terms near a compared step, with a flag for each step that is due for them."""
    rules = {f"due__{place}": due_rule(one) for place, one in enumerate(steps)}
    asked = {*KEYS, "days_left"}.union(*map(features_of, rules.values()))
    columns = [one for one in FEATURES.column_names if one in asked]
    close = near(desk.tables.features.select(*columns), steps)
    scored = with_scores(close, risks=desk.tables.risks, health=desk.tables.health)
    return with_rules(desk.engine.collect(scored), rules)


def _members(flagged: pa.Table, due: str) -> list[tuple[int, int]]:
    """Account and term of those for whom a step is due and whom somebody may persuade."""
    rows = flagged.filter(flagged[due].cast("bool"))
    terms = rows["term_id"].to_pylist()
    out = past.held_out(terms)
    accounts = rows["account_id"].to_pylist()
    # One experiment on one customer at a time: whom a campaign holds, it holds alone.
    elsewhere = busy(accounts)
    return [
        (account, term)
        for account, term in zip(accounts, terms, strict=True)
        if term not in out and account not in elsewhere
    ]
