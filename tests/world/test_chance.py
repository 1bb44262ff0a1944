"""Chance without a state: repeatable, independent of order and size, and of the right shape."""

import numpy as np
import pytest

from tenure.world.chance import Chance, expit

UNITS = np.arange(200_000, dtype=np.int64)


def test_same_question_has_the_same_answer() -> None:
    assert (Chance(7).uniform("a", UNITS) == Chance(7).uniform("a", UNITS)).all()


@pytest.mark.parametrize(("seed", "what", "step"), [(8, "a", 0), (7, "b", 0), (7, "a", 1)])
def test_another_seed_question_or_step_has_another_answer(seed: int, what: str, step: int) -> None:
    known = Chance(7).uniform("a", UNITS)
    other = Chance(seed).uniform(what, UNITS, step=step)

    assert abs(np.corrcoef(known, other)[0, 1]) < 0.01


def test_a_unit_is_drawn_alone_as_it_is_among_others() -> None:
    among = Chance(7).normal("a", UNITS)

    assert Chance(7).normal("a", np.array([1234]))[0] == among[1234]


def test_draws_have_the_moments_of_their_distribution() -> None:
    chance = Chance(3)

    assert chance.uniform("u", UNITS).mean() == pytest.approx(1 / 2, abs=0.005)
    assert chance.normal("n", UNITS).std() == pytest.approx(1, abs=0.01)
    assert chance.exponential("e", UNITS).mean() == pytest.approx(1, abs=0.01)
    # The logistic distribution has variance pi² / 3.
    assert chance.logistic("l", UNITS).var() == pytest.approx(np.pi**2 / 3, rel=0.02)
    assert chance.poisson("p", UNITS, rate=2.5).mean() == pytest.approx(2.5, abs=0.02)
    assert chance.poisson("p", UNITS, rate=2.5).var() == pytest.approx(2.5, abs=0.05)


def test_choice_follows_its_weights() -> None:
    places = Chance(3).choice("c", UNITS, weights=np.array([1.0, 0.0, 3.0]))

    assert np.bincount(places, minlength=3)[1] == 0
    assert (places == 2).mean() == pytest.approx(0.75, abs=0.005)


def test_expit_turns_a_logit_into_its_probability() -> None:
    assert expit(np.array([0.0, np.log(3)])).tolist() == pytest.approx([0.5, 0.75])
