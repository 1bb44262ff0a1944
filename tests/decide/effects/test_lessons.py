"""What may be used of a learning, and that a file brings back the same."""

from pathlib import Path

import numpy as np
import pytest

from tenure.decide.effects.estimator.shared import SharedEffect
from tenure.decide.effects.lessons import Asked, Lesson, lesson_of, load, store, taught
from tenure.decide.effects.selection import Verdict
from tenure.decide.offers.rules import Believed
from tests.decide.effects.test_selection import a_trial

STATED = Believed(lift=np.array([[0.0] * 3, [0.5] * 3]), sd=np.array([[0.0] * 3, [0.1] * 3]))


def a_lesson(verdict: Verdict) -> Lesson:
    history = a_trial(rows=2_000)
    return lesson_of(
        history,
        SharedEffect().fit(history),
        verdict=verdict,
        marks=("nothing", "a letter"),
        times=np.array([1.0, 1.25]),
    )


def an_asked(lesson: Lesson, *, mark: str = "a letter") -> Asked:
    rows = np.array([[1.0, 0, 0], [-1.0, 0, 0], [np.nan, 0, 0]])
    times = np.array([[1.0] * 3, [1.0, 1.0, 2.5]])
    return Asked(rows, lesson.arms, ("nothing", mark), times)


def test_personal_effects_differ_between_customers_and_are_said_to_be_learned() -> None:
    lesson = a_lesson(Verdict.PERSONAL)

    found, learned = taught(lesson, an_asked(lesson), assumed=STATED)

    assert found.lift[1, 0] > 0.2 > found.lift[1, 1]
    assert found.lift[0].tolist() == [0.0] * 3
    assert learned.tolist() == [[False] * 3, [True] * 3]


def test_an_average_keeps_what_the_operator_says_of_whom_it_moves_more() -> None:
    lesson = a_lesson(Verdict.SINGLE)
    mean, doubt = lesson.average

    found, learned = taught(lesson, an_asked(lesson), assumed=STATED)

    assert found.lift[1] == pytest.approx(mean[1] * np.array([0.8, 0.8, 2.0]))
    assert found.sd[1] == pytest.approx(doubt[1] * np.array([0.8, 0.8, 2.0]))
    assert learned[1].all()


def test_what_the_gate_stops_may_lower_a_belief_and_never_raise_it() -> None:
    """TOP-20: nothing was shown, so a hope of 0.5 falls to what was seen and a doubt stays."""
    lesson = a_lesson(Verdict.NOTHING)
    low = Believed(STATED.lift - 5, STATED.sd)

    fallen, learned = taught(lesson, an_asked(lesson), assumed=STATED)
    kept, untouched = taught(lesson, an_asked(lesson), assumed=low)

    assert (fallen.lift[1] <= STATED.lift[1]).all()
    assert learned[1].any()
    assert kept.lift[1].tolist() == low.lift[1].tolist()
    assert not untouched.any()


def test_an_offer_that_changed_is_not_the_one_that_was_learned_of() -> None:
    lesson = a_lesson(Verdict.PERSONAL)

    found, learned = taught(lesson, an_asked(lesson, mark="a gift"), assumed=STATED)

    assert found.lift.tolist() == STATED.lift.tolist()
    assert not learned.any()


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_file_brings_the_same_back(verdict: Verdict, tmp_path: Path) -> None:
    lesson = a_lesson(verdict)
    store(lesson, tmp_path / "effects" / "one.npz")

    again = load(tmp_path / "effects" / "one.npz")

    before, after = (taught(one, an_asked(one), assumed=STATED) for one in (lesson, again))
    assert after[0].lift.tolist() == before[0].lift.tolist()
    assert after[0].sd.tolist() == before[0].sd.tolist()
    assert (again.verdict, again.marks) == (lesson.verdict, lesson.marks)
