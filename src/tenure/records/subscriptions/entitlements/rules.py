"""Quantities from several sources are one quantity; without limit stays without limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from tenure.kernel.failures import Sentence


@dataclass(frozen=True, slots=True)
class InForce:
    """One entitlement on a day; a quantity of None is without limit.

    `sources` say where it comes from ("plan", an add-on's code, "trial"). What a smaller plan
    took away can be read until `read_only_until`, and `had` says how much it was.
    """

    code: str
    name: Sentence
    unit: str
    quantity: int | None
    sources: tuple[str, ...]
    read_only_until: date | None = None
    had: int | None = None


def together(parts: Iterable[InForce]) -> tuple[InForce, ...]:
    """One row for each code: quantities add up, and one without limit makes the sum so."""
    found: dict[str, InForce] = {}
    for one in parts:
        before = found.get(one.code)
        if before is None:
            found[one.code] = one
            continue
        is_endless = before.quantity is None or one.quantity is None
        quantity = None if is_endless else (before.quantity or 0) + (one.quantity or 0)
        sources = (*before.sources, *one.sources)
        found[one.code] = replace(before, quantity=quantity, sources=sources)
    return tuple(found.values())
