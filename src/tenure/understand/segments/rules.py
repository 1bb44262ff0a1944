"""Counting what a rule keeps: step by step, by customer, and where two segments meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.strategy.rules import AllOf, AnyOf, Not, Rule

type Wholes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a rule as it is read from above: what it asks, and what is asked up to it.

    `depth` is 1 for the alternatives of an `any`. `up_to` is everything before it and itself.
    """

    path: tuple[int, ...]
    part: Rule
    up_to: Rule
    depth: int


def steps(rule: Rule) -> list[Step]:
    """The lines of a rule: each part of its `all`, and below an `any` its alternatives."""
    parts = rule.parts if isinstance(rule, AllOf) else (rule,)
    found: list[Step] = []
    for place, part in enumerate(parts):
        before = parts[:place]
        found.append(Step((place,), part, AllOf((*before, part)), 0))
        inner = part.part if isinstance(part, Not) else part
        if isinstance(inner, AnyOf | AllOf):
            found += [
                Step((place, below), one, AllOf((*before, _turned(part, one))), 1)
                for below, one in enumerate(inner.parts)
            ]
    return found


def _turned(outer: Rule, inner: Rule) -> Rule:
    return Not(inner) if isinstance(outer, Not) else inner


@dataclass(frozen=True)
class People:
    """One row per account: the account, and the bits that any of its live terms carries."""

    account_id: Wholes
    mask: Wholes

    def count(self, bit: int) -> int:
        """How many accounts carry a bit."""
        return int(((self.mask >> bit) & 1).sum())

    def with_bit(self, bit: int) -> Wholes:
        """The accounts that carry a bit."""
        carried: Wholes = self.account_id[(self.mask >> bit) & 1 == 1]
        return carried

    def __len__(self) -> int:
        return len(self.account_id)


def people(account_id: Wholes, mask: Wholes) -> People:
    """Gather the masks of live terms by account."""
    if not len(account_id):
        return People(account_id, mask)
    if not np.all(account_id[:-1] <= account_id[1:]):
        order = np.argsort(account_id, kind="stable")
        account_id, mask = account_id[order], mask[order]
    begins = np.flatnonzero(np.r_[True, account_id[1:] != account_id[:-1]])
    return People(account_id[begins], np.bitwise_or.reduceat(mask, begins))


@dataclass(frozen=True, slots=True)
class Meeting:
    """How many customers two segments share, and what share of the first they are."""

    first: int
    second: int
    both: int
    share_of_first: float


def meetings(found: People, *, bit: int, others: Sequence[int]) -> list[Meeting]:
    """Where one segment meets others, the largest first; those that it never meets are left out."""
    inside = (found.mask >> bit) & 1 == 1
    total = int(inside.sum())
    if not total:
        return []
    mine = found.mask[inside]
    counted = [(other, int(((mine >> other) & 1).sum())) for other in others if other != bit]
    kept = [(other, both) for other, both in counted if both]
    kept.sort(key=lambda one: (-one[1], one[0]))
    return [Meeting(bit, other, both, both / total) for other, both in kept]
