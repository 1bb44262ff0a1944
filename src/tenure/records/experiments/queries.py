"""Who is in which arm."""

from collections.abc import Collection, Mapping
from datetime import date
from itertools import batched
from typing import Final

from django.db.models import Count

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.experiments.models import Assignment, Ending, Experiment
from tenure.records.experiments.rules import HOLDOUT, Ended

_BATCH: Final = 500


class NoHoldout(Refusal):
    """Nobody has defined the holdout: no strategy was applied."""

    code = "no_holdout"
    said = Sentence(
        zh="还没有定义对照组；请先应用一个策略。",
        en="No holdout is defined; apply a strategy first.",
    )


def holdout() -> Experiment:
    """The permanent holdout.

    Raises:
        NoHoldout: no strategy was applied yet.
    """
    found = Experiment.objects.filter(key=HOLDOUT).first()
    if found is None:
        raise NoHoldout()
    return found


def arms_of(term_ids: Collection[int]) -> Mapping[int, str]:
    """Term id → its arm of the holdout, for terms that have one."""
    given = Assignment.objects.filter(experiment__key=HOLDOUT, term_id__in=term_ids)
    return dict(given.values_list("term_id", "arm"))


def arm_of(term_id: int) -> str | None:
    """The arm of a term in the holdout, None while it has none."""
    return arms_of([term_id]).get(term_id)


def arm_counts(experiment: Experiment) -> Mapping[str, int]:
    """Arm → how many terms are in it."""
    counted = Assignment.objects.filter(experiment=experiment).values("arm").annotate(n=Count("id"))
    return {row["arm"]: row["n"] for row in counted.order_by("arm")}


def in_one_of(keys: Collection[str], account_ids: Collection[int]) -> frozenset[int]:
    """Those of some accounts that have an arm of one of these experiments."""
    if not keys:
        return frozenset()
    found: set[int] = set()
    for part in batched(account_ids, _BATCH):
        given = Assignment.objects.filter(experiment__key__in=keys, account_id__in=part)
        found.update(given.values_list("account_id", flat=True))
    return frozenset(found)


def endings() -> Mapping[str, Ended]:
    """Comparison → how it ended, for all that people ended: one question for a whole night."""
    rows = Ending.objects.values_list("experiment__key", "last_on", "rolled_out")
    return {key: Ended(last_on, rolled_out) for key, last_on, rolled_out in rows}


def ending_of(key: str) -> Ending | None:
    """How one comparison ended, with who said so and why."""
    return Ending.objects.filter(experiment__key=key).first()


def drawn_in(key: str) -> Mapping[str, int]:
    """Arm → customers that a comparison holds."""
    given = Assignment.objects.filter(experiment__key=key).values_list("arm")
    return dict(given.annotate(Count("account_id", distinct=True)).order_by("arm"))


def waiting_in(key: str, *, matured_until: date) -> int:
    """Customers of a comparison whose outcome is still to come: of terms that end after a day."""
    given = Assignment.objects.filter(experiment__key=key, term__ends_on__gt=matured_until)
    return given.aggregate(n=Count("account_id", distinct=True))["n"] or 0
