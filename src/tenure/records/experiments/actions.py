"""Define the holdout and comparisons, and give each due term its arm once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from tenure.kernel.buckets import bucket
from tenure.kernel.clock import today
from tenure.records.experiments.models import Assignment, Ending, Experiment
from tenure.records.experiments.queries import holdout
from tenure.records.experiments.rules import (
    HOLDOUT,
    WINDOW_DAYS,
    AlreadyEnded,
    ComparisonChanged,
    HoldoutSaltChanged,
    NoReason,
    NoSuchArm,
    drawn_after,
    holdout_arms,
    in_blocks,
)
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows, run_statement
from tenure.strategy.experiments import Comparison
from tenure.strategy.sections import Strategy

type Levels = Mapping[int, tuple[object, ...]]
type _Lot = tuple[str, str]

# A stratum of the strategy as a field of the term.
STRATUM_FIELDS = {"plan": "plan_version__plan__code", "cycle_months": "cycle_months"}
ASSIGN_DUE = Path(__file__).with_name("assign_due.sql")


@transaction.atomic
def ensure_holdout(strategy: Strategy, *, at: datetime, by: str = "loop") -> Experiment:
    """The holdout as the strategy defines it: made, widened or narrowed; arms given stay.

    Raises:
        HoldoutSaltChanged: the strategy names another salt than the one in use.
    """
    wanted = strategy.experiments
    on = today(strategy.business.zone, at)
    arms = holdout_arms(wanted.holdout_below)
    experiment, made = Experiment.objects.select_for_update().get_or_create(
        key=HOLDOUT,
        defaults={
            "kind": HOLDOUT,
            "salt": wanted.holdout_salt,
            "arms": arms,
            "started_on": on,
            "outcome_days": wanted.outcome_days,
        },
    )
    if experiment.salt != wanted.holdout_salt:
        raise HoldoutSaltChanged(old=experiment.salt, new=wanted.holdout_salt)
    if made or (experiment.arms, experiment.outcome_days) != (arms, wanted.outcome_days):
        experiment.arms, experiment.outcome_days = arms, wanted.outcome_days
        experiment.save(update_fields=["arms", "outcome_days"])
        content = {"key": HOLDOUT, "arms": arms, "outcome_days": wanted.outcome_days}
        append(Fact("experiment.defined", on=on, content=content), at=at, by=by)
    return experiment


@transaction.atomic
def assign_due(*, as_of: date, at: datetime) -> int:
    """Give each live term with 0 to 180 days left its arm; how many were given.

    The arm follows from the account's bucket and is written when the term first meets the
    holdout. It never moves afterwards, whatever happens to the share or to the term.
    """
    experiment = holdout()
    count = run_statement(
        ASSIGN_DUE,
        {
            "experiment_id": experiment.pk,
            "below": experiment.arms[HOLDOUT],
            "as_of": as_of,
            "last_end": as_of + timedelta(days=WINDOW_DAYS),
        },
    )
    if count:
        content = {"key": HOLDOUT, "count": count}
        append(Fact("experiment.assigned", on=as_of, content=content), at=at, by="loop")
    return count


@transaction.atomic
def assign_arms(
    comparison: Comparison,
    members: Iterable[tuple[int, int]],
    *,
    as_of: date,
    at: datetime,
    levels: Levels | None = None,
) -> int:
    """Give terms their arm of a comparison (EXP-01); those that have one keep it. How many.

    With strata a customer has the arm of the stratum in which it came first, which is kept with
    it: what the arm changes about its plan later says nothing of where it was drawn.

    Args:
        members: account and term of those for whom the compared step is due.
        levels: each term's values of `STRATUM_FIELDS`, for a comparison with strata.
    Raises:
        ComparisonChanged: the salt or the weights are not those in use.
    """
    experiment = _comparison(comparison, as_of=as_of, at=at)
    people = list(members)
    drawn: dict[int, _Lot] = {}
    if comparison.strata:
        assert levels is not None, "a comparison with strata is told of each term's"
        drawn = _drawn(experiment, comparison, people, levels=levels)
    rows = (
        (experiment.pk, account, term, as_of,
         *(drawn.get(account) or (comparison.arm_of(str(account)).id, "")))
        for account, term in people
    )  # fmt: skip
    columns = ("experiment_id", "account_id", "term_id", "assigned_on", "arm", "stratum")
    count = insert_rows(Assignment, rows, columns=columns)
    if count:
        content = {"key": comparison.id, "count": count}
        append(Fact("experiment.assigned", on=as_of, content=content), at=at, by="loop")
    return count


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks: why it ends, the arm for everybody (empty: none), the form's own key."""

    reason: str
    once_key: str
    rolled_out: str = ""


@transaction.atomic
def end_comparison(
    comparison: Comparison, wish: Wish, *, on: date, at: datetime, by: str
) -> Ending:
    """End a comparison with a day; the same form again changes nothing (EXP-01).

    Until the end of that day it draws and binds as before; a night that runs meanwhile is about
    that day or an earlier one. Arms that were given stay, and are counted until they are ripe.

    Args:
        on: today, where the business is.
    Raises:
        AlreadyEnded: somebody ended it before.
        NoReason: nothing is said about why.
        NoSuchArm: what would be rolled out is no arm.
        ComparisonChanged: the salt or the weights are not those in use.
    """
    experiment = _comparison(comparison, as_of=on, at=at)
    known = Ending.objects.filter(experiment=experiment).first()
    if known is not None and known.once_key == wish.once_key:
        return known
    if known is not None:
        raise AlreadyEnded(name=comparison.name, last_on=known.last_on)
    reason = " ".join(wish.reason.split())[:200]
    if not reason:
        raise NoReason(name=comparison.name)
    if wish.rolled_out and wish.rolled_out not in comparison.arms:
        raise NoSuchArm(name=comparison.name, arm=wish.rolled_out)
    made = Ending.objects.create(
        experiment=experiment,
        last_on=on,
        rolled_out=wish.rolled_out,
        reason=reason,
        ended_by=by,
        ended_at=at,
        once_key=wish.once_key,
    )
    experiment.ended_on = on
    experiment.save(update_fields=["ended_on"])
    content = {"key": comparison.id, "last_on": on.isoformat(), "reason": reason}
    if wish.rolled_out:
        content["rolled_out"] = wish.rolled_out
    kind = "experiment.rolled_out" if wish.rolled_out else "experiment.stopped"
    append(Fact(kind, on=on, content=content, once_key=f"ended:{comparison.id}"), at=at, by=by)
    return made


def _drawn(
    experiment: Experiment,
    comparison: Comparison,
    people: Sequence[tuple[int, int]],
    *,
    levels: Levels,
) -> dict[int, _Lot]:
    """Account → arm and stratum: those it has, or the next of its stratum; the row is locked.

    Who comes first on a day is drawn by the salt, so that the order of names says nothing.
    """
    fields = [STRATUM_FIELDS[one] for one in comparison.strata]
    given = Assignment.objects.filter(experiment=experiment)
    accounts = {account for account, _ in people}
    mine = given.filter(account__in=accounts).order_by("-pk")  # the oldest is written last
    rows = mine.values_list("account_id", "arm", "stratum")
    known = {account: (arm, stratum) for account, arm, stratum in rows}
    sizes = _sizes(given, fields)
    fresh: dict[str, list[int]] = {}
    first = {account: _stratum(levels[term]) for account, term in sorted(people, reverse=True)}
    for account in sorted(
        accounts - known.keys(), key=lambda one: (bucket(comparison.salt, str(one)), one)
    ):
        fresh.setdefault(first[account], []).append(account)
    for stratum, units in fresh.items():
        lot = in_blocks(comparison.salt, stratum, weights=comparison.weights)
        arms = drawn_after(lot, already=sizes.get(stratum, 0), units=len(units))
        known |= {unit: (arm, stratum) for unit, arm in zip(units, arms, strict=True)}
    return known


def _sizes(given: QuerySet[Assignment], fields: Sequence[str]) -> dict[str, int]:
    """Stratum → customers who have an arm in it, each where it came first."""
    earlier = given.filter(account=OuterRef("account"), pk__lt=OuterRef("pk"))
    rows = (
        given.filter(~Exists(earlier))
        .values_list(*(f"term__{one}" for one in fields))
        .annotate(Count("pk"))
        .order_by()
    )
    return {_stratum(level): size for *level, size in rows}


def _stratum(level: Sequence[object]) -> str:
    return "/".join(str(one) for one in level)


def _comparison(comparison: Comparison, *, as_of: date, at: datetime) -> Experiment:
    """The comparison's row, made when its first customers enter."""
    arms = dict(comparison.weights)
    experiment, made = Experiment.objects.select_for_update().get_or_create(
        key=comparison.id,
        defaults={
            "kind": "arms",
            "salt": comparison.salt,
            "arms": arms,
            "started_on": comparison.starts_on,
        },
    )
    if (experiment.salt, experiment.arms) != (comparison.salt, arms):
        raise ComparisonChanged(key=comparison.id)
    if made:
        content = {"key": comparison.id, "arms": arms}
        append(Fact("experiment.defined", on=as_of, content=content), at=at, by="loop")
    return experiment
