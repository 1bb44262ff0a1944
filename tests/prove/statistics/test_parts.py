"""Parts are looked for on one half and judged on the other (honest splitting)."""

from itertools import product

import numpy as np
import pytest

from tenure.prove.statistics.groups import Group, yes_or_no
from tenure.prove.statistics.parts import HonestPart, Looked, honest_parts

SEED = 20261128
SEGMENTS = {"plan": ("small", "large"), "years": ("first", "second", "third", "later")}
TIMES = 1_000


def levels(rng: np.random.Generator, *, extra: dict[str, float], size: int = 500) -> list[Looked]:
    """Every level with so many in each arm of each half; treated renew 3 points more, or other."""

    def group(share: float) -> Group:
        return yes_or_no(size, yes=int(rng.binomial(size, share)))

    def pair(level: str) -> tuple[Group, Group]:
        return group(0.63 + extra.get(level, 0.0)), group(0.6)

    return [
        Looked(segment, level, pair(level), pair(level))
        for segment, names in SEGMENTS.items()
        for level in names
    ]


def test_where_nobody_differs_one_in_twenty_says_otherwise_at_most() -> None:
    """The chance that any part at all is shown, over 1,000 trials."""
    rng = np.random.default_rng(SEED)

    shown = [any(one.is_shown() for one in honest_parts(levels(rng, extra={})))
             for _ in range(TIMES)]  # fmt: skip

    assert np.mean(shown) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / TIMES), f"seed {SEED}"


def test_a_part_that_differs_is_found_and_its_size_is_not_exaggerated() -> None:
    """The looking half is too hopeful of what it picked; the judging half is not."""
    rng = np.random.default_rng(SEED)
    kept, hopeful, covered = [], [], 0
    for _ in range(TIMES):
        every = levels(rng, extra={"third": 0.06}, size=300)
        for one in honest_parts(every):
            if one.level != "third":
                continue
            kept.append(one.effect.effect)
            covered += one.effect.low <= 0.09 <= one.effect.high
            [seen] = [each for each in every if each.level == "third"]
            hopeful.append(seen.looking[0].mean - seen.looking[1].mean)

    assert len(kept) > 600
    assert np.mean(kept) == pytest.approx(0.09, abs=3 * np.std(kept) / np.sqrt(len(kept)))
    assert np.mean(hopeful) > 0.10
    assert covered / len(kept) >= 0.95


def test_a_large_difference_is_shown_with_the_part_it_belongs_to() -> None:
    rng = np.random.default_rng(SEED)

    first, *_ = honest_parts(levels(rng, extra={"small": -0.2}, size=2_000))

    assert (first.segment, first.level in ("small", "large")) == ("plan", True)
    assert first.is_shown()
    assert abs(first.beyond.effect) == pytest.approx(0.2, abs=0.05)
    assert first.customers == 4_000


def test_small_parts_are_not_looked_at_and_two_levels_ask_one_question() -> None:
    rng = np.random.default_rng(SEED)
    tiny = [Looked("plan", level, *(2 * [(yes_or_no(20, yes=9), yes_or_no(20, yes=2))]))
            for level in ("small", "large")]  # fmt: skip
    told: list[tuple[HonestPart, ...]] = [
        honest_parts(levels(rng, extra={"small": 0.2})[:2]) for _ in range(5)
    ]

    assert honest_parts(tiny) == ()
    assert all(len(one) == 1 for one in told)
    assert honest_parts([]) == ()
    for one, other in product(told[0], told[0]):
        assert one.adjusted_p == other.adjusted_p
