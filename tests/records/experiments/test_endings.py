"""EXP-01: a person ends a comparison once, with a reason; a day that is over stays as it was."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.experiments.actions import Wish, end_comparison
from tenure.records.experiments.models import Ending, Experiment
from tenure.records.experiments.queries import drawn_in, ending_of, endings, waiting_in
from tenure.records.experiments.rules import (
    AlreadyEnded,
    ComparisonChanged,
    Ended,
    NoReason,
    NoSuchArm,
    is_over,
)
from tenure.records.journal.models import Entry
from tenure.strategy.experiments import Arm, Comparison
from tests.builders import AS_OF, AT, day

WHO: Mapping[str, Any] = {"on": AS_OF, "at": AT, "by": "user:1"}
HAPPENED = ("experiment.stopped", "experiment.rolled_out")


def a_comparison(salt: str = "s") -> Comparison:
    arms = {one: Arm(one, 1, "", sends=True) for one in ("plain", "warm")}
    return Comparison(
        "tone", Sentence(zh="语气", en="Tone"), "annual_renewal", "t7", salt,
        starts_on=day(-30), planned_on=day(60), arms=arms,
    )  # fmt: skip


def test_it_is_over_from_the_day_after() -> None:
    ended = Ended(AS_OF)

    assert not is_over(None, on=AS_OF)
    assert not is_over(ended, on=AS_OF)
    assert is_over(ended, on=AS_OF + timedelta(days=1))
    assert is_over(ended, on=None)


def test_it_ends_once_and_the_journal_says_so_once(either_database: str) -> None:
    wish = Wish("  not worth\n it ", "form-1")

    first = end_comparison(a_comparison(), wish, **WHO)
    again = end_comparison(a_comparison(), wish, **{**WHO, "on": day(3)})
    with pytest.raises(AlreadyEnded) as refused:
        end_comparison(a_comparison(), Wish("now rolled out", "form-2", "warm"), **WHO)

    assert (first.pk, first.last_on, first.reason) == (again.pk, AS_OF, "not worth it")
    assert Experiment.objects.get(key="tone").ended_on == AS_OF
    assert endings() == {"tone": Ended(AS_OF, "")}
    assert Entry.objects.get(kind__in=HAPPENED).content == {
        "key": "tone", "last_on": str(AS_OF), "reason": "not worth it",
    }  # fmt: skip
    assert "was ended already" in refused.value.sentence("en")
    assert "已经结束" in refused.value.sentence("zh-Hans")


@pytest.mark.django_db
def test_what_is_rolled_out_is_an_arm_and_has_a_reason() -> None:
    refusals: list[tuple[type[Refusal], Comparison, Wish]] = [
        (NoReason, a_comparison(), Wish("  ", "a", "warm")),
        (NoSuchArm, a_comparison(), Wish("why", "b", "cold")),
    ]
    for refusal, comparison, wish in refusals:
        with pytest.raises(refusal):
            end_comparison(comparison, wish, **WHO)
    # Refused is undone as a whole: nothing half of it is left, whenever it is cut off.
    assert not Ending.objects.exists()
    assert not Experiment.objects.filter(key="tone").exists()
    assert not Entry.objects.filter(kind__in=HAPPENED).exists()

    end_comparison(a_comparison(), Wish("better", "c", "warm"), **WHO)

    assert endings() == {"tone": Ended(AS_OF, "warm")}
    assert Entry.objects.get(kind="experiment.rolled_out").content["rolled_out"] == "warm"
    assert (drawn_in("tone"), waiting_in("tone", matured_until=AS_OF)) == ({}, 0)
    with pytest.raises(ComparisonChanged):
        end_comparison(a_comparison("other"), Wish("better", "d"), **WHO)


@pytest.mark.django_db
def test_the_database_keeps_one_ending_with_a_reason() -> None:
    end_comparison(a_comparison(), Wish("why", "a"), **WHO)
    made = ending_of("tone")
    assert made is not None
    bare: dict[str, Any] = {"last_on": AS_OF, "ended_by": "user:1", "ended_at": AT}

    with pytest.raises(IntegrityError), transaction.atomic():
        Ending.objects.create(experiment_id=made.experiment_id, reason="x", once_key="b", **bare)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ending.objects.filter(pk=made.pk).update(reason="")
