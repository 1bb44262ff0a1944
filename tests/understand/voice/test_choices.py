"""G4: what a property is worth, by the delta method and by draws; PRC-01."""

import numpy as np
import pytest

from tenure.understand.voice.estimator.choices import (
    NothingVaries,
    Offered,
    PriceDoesNothing,
    TooFewTasks,
    willingness,
)

TASKS = 3_000


def asked(*, price: float = -0.05, tasks: int = TASKS, seed: int = 1) -> Offered:
    """People choose among three offers; speed is worth 0.4 ÷ 0.05 = 8, a router 1 ÷ 0.05 = 20."""
    rng = np.random.default_rng(seed)
    prices = rng.choice([40.0, 60.0, 80.0, 100.0], (tasks, 3))
    speed, router = rng.integers(1, 6, (tasks, 3)), rng.integers(0, 2, (tasks, 3))
    wanted = price * prices + 0.4 * speed + 1.0 * router + rng.gumbel(size=(tasks, 3))
    taken = wanted == wanted.max(axis=1, keepdims=True)
    task = np.repeat(np.arange(tasks), 3).astype(str)
    return Offered(
        task.tolist(),
        taken.ravel().tolist(),
        prices.ravel().tolist(),
        {"speed": speed.ravel().tolist(), "router": router.ravel().tolist()},
        person=[str(int(one) // 6) for one in task],
    )


def test_g4_two_ways_to_an_interval_agree_within_five_percent() -> None:
    """G4: by the delta method and by Krinsky and Robb."""
    found = willingness(asked())

    assert (found.tasks, found.people) == (TASKS, TASKS // 6)
    assert found.log_likelihood > found.of_chance == pytest.approx(-TASKS * np.log(3))
    for one in found.worths:
        width, drawn = one.high - one.low, one.drawn_high - one.drawn_low
        assert drawn == pytest.approx(width, rel=0.05)
        assert one.drawn_low == pytest.approx(one.low, rel=0.05)
        assert one.drawn_high == pytest.approx(one.high, rel=0.05)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    """Of 40 surveys and two properties 95 % are expected; 70 of 80 is below by 3.7 deviations."""
    found = [willingness(asked(tasks=300, seed=seed)) for seed in range(40)]

    covered = sum(
        one.low < truth < one.high
        for each in found
        for one, truth in zip(each.worths, (8.0, 20.0), strict=True)
    )
    assert 70 <= covered <= 80


def test_two_offers_are_a_logit_that_can_be_computed_by_hand() -> None:
    """60 of 100 take the one that is 10 cheaper, 80 of 100 the same with a router.

    Differences: ln(60 ÷ 40) = 0.4055 for 10, so −0.0405 a unit; ln(80 ÷ 20) = 1.3863 for 10 and a
    router, so 0.9808 for the router: worth 0.9808 ÷ 0.0405 = 24.19.
    """
    rows = []
    for kind, took in ((0, 60), (1, 80)):
        for n in range(100):
            rows += [(f"{kind}-{n}", n < took, 50.0, kind), (f"{kind}-{n}", n >= took, 60.0, 0)]
    task, taken, price, router = zip(*rows, strict=True)

    found = willingness(Offered(task, taken, price, {"router": router}))

    assert found.price == pytest.approx(-np.log(1.5) / 10, abs=1e-6)
    assert found.worths[0].worth == pytest.approx(10 * np.log(4 / 1.5) / np.log(1.5), abs=1e-4)


def test_too_few_a_flat_property_and_a_price_that_does_nothing_are_refused() -> None:
    """TOP-20: with what n there is, and what would help."""
    few = asked(tasks=40)
    flat = asked(tasks=200)

    with pytest.raises(TooFewTasks, match="40"):
        willingness(few)
    with pytest.raises(NothingVaries, match="same"):
        willingness(Offered(flat.task, flat.taken, flat.price, {"same": [1.0] * len(flat.task)}))
    with pytest.raises(PriceDoesNothing, match="400"):
        willingness(asked(price=0.0, tasks=400))
