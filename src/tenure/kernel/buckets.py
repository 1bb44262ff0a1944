"""Sticky random assignment by hashing: no state, the same answer for ever, on every engine.

The hash is the first 15 hexadecimal digits of SHA-256 over `salt:unit`, a number that fits a
64-bit integer everywhere, so that SQL can say the same: in DuckDB
`('0x' || left(sha256(salt || ':' || unit), 15))::BIGINT % 10000`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

BUCKETS: Final = 10_000
_HEX_DIGITS = 15


def bucket(salt: str, unit: str, *, buckets: int = BUCKETS) -> int:
    """The bucket, 0 to buckets − 1, in which `unit` lies for ever under `salt`."""
    assert ":" not in salt, "a salt with a colon could be confused with its unit"
    digest = hashlib.sha256(f"{salt}:{unit}".encode()).hexdigest()
    return int(digest[:_HEX_DIGITS], 16) % buckets


def in_share(salt: str, unit: str, *, share: Decimal | Fraction) -> bool:
    """Whether `unit` is in the chosen share (0 to 1, in steps of 0.01 %).

    Growing the share only adds members; nobody leaves.
    """
    assert 0 <= share <= 1, "a share lies between 0 and 1"
    return bucket(salt, unit) < Fraction(share) * BUCKETS


def arm_of(salt: str, unit: str, *, weights: Mapping[str, int]) -> str:
    """The arm of `unit`: arms share the buckets in proportion to their weights, in name order."""
    total = sum(weights.values())
    assert total > 0, "some arm has a weight"
    assert min(weights.values()) >= 0, "a weight is not negative"
    place = bucket(salt, unit) * total
    reached = 0
    for arm in sorted(weights):
        reached += weights[arm] * BUCKETS
        if place < reached:
            return arm
    raise AssertionError("the weights cover every bucket")
