"""Assignment by hashing is sticky, uniform, independent, and only grows (EXP-01, TOP-04)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.buckets import BUCKETS, arm_of, bucket, in_share

SALTS = st.text(st.characters(codec="utf-8", exclude_characters=":"), max_size=12)
UNITS = st.text(max_size=20)
MANY = [f"account-{number}" for number in range(40_000)]


def chi_square(counts: list[int], expected: float) -> float:
    return sum((count - expected) ** 2 / expected for count in counts)


def test_bucket_of_a_known_unit_never_changes() -> None:
    """First 15 hex digits of SHA-256 of "holdout-1:account-1", modulo 10,000; from sha256sum."""
    assert bucket("holdout-1", "account-1") == 0xFC2D67198E9E808 % BUCKETS


@given(salt=SALTS, unit=UNITS, buckets=st.integers(1, 10**6))
def test_bucket_is_sticky_and_in_range(salt: str, unit: str, buckets: int) -> None:
    assert 0 <= bucket(salt, unit, buckets=buckets) < buckets
    assert bucket(salt, unit, buckets=buckets) == bucket(salt, unit, buckets=buckets)


@pytest.mark.parametrize("salt", ["holdout-1", "exploration-1", ""])
def test_buckets_are_uniform(salt: str) -> None:
    """Chi-square with 99 degrees of freedom: below 148.2 with probability .999."""
    counts = [0] * 100
    for unit in MANY:
        counts[bucket(salt, unit, buckets=100)] += 1

    assert chi_square(counts, len(MANY) / 100) < 148.2


def test_salts_are_independent() -> None:
    """A 10 by 10 table of two salts: 81 degrees of freedom, below 126.1 with probability .999."""
    counts = [0] * 100
    for unit in MANY:
        row, column = bucket("one", unit, buckets=10), bucket("two", unit, buckets=10)
        counts[row * 10 + column] += 1

    assert chi_square(counts, len(MANY) / 100) < 126.1


def test_five_percent_is_five_percent() -> None:
    """Binomial: 2,000 expected of 40,000, standard deviation 43.6; four of them are allowed."""
    held_out = sum(in_share("holdout-1", unit, share=Decimal("0.05")) for unit in MANY)

    assert abs(held_out - 2000) < 175


@given(
    unit=UNITS,
    shares=st.tuples(st.fractions(0, 1), st.fractions(0, 1)).map(sorted),
)
def test_growing_a_share_only_adds_members(unit: str, shares: list[Fraction]) -> None:
    smaller, larger = shares

    assert in_share("s", unit, share=larger) or not in_share("s", unit, share=smaller)
    assert in_share("s", unit, share=Decimal(1))
    assert not in_share("s", unit, share=Decimal(0))


@given(unit=UNITS, weights=st.dictionaries(st.text(min_size=1), st.integers(0, 9), min_size=1))
def test_arm_is_one_of_the_weighted_and_ignores_the_order_of_writing(
    unit: str, weights: dict[str, int]
) -> None:
    if not any(weights.values()):
        with pytest.raises(AssertionError):
            arm_of("s", unit, weights=weights)
        return

    arm = arm_of("s", unit, weights=weights)

    assert weights[arm] > 0
    assert arm == arm_of("s", unit, weights=dict(reversed(weights.items())))


def test_arms_get_their_weights() -> None:
    """Chi-square with 2 degrees of freedom: below 13.8 with probability .999."""
    weights = {"control": 5, "coupon": 3, "call": 2}
    counts = dict.fromkeys(weights, 0)
    for unit in MANY:
        counts[arm_of("exp-1", unit, weights=weights)] += 1

    statistic = sum(
        chi_square([counts[arm]], len(MANY) * weight / 10) for arm, weight in weights.items()
    )
    assert statistic < 13.8


def test_salt_with_a_colon_is_our_mistake() -> None:
    with pytest.raises(AssertionError):
        bucket("a:b", "c")
