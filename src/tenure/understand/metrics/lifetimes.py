"""Lifetime value by survival of contracts, beside the plain formula (MET-03)."""

from collections.abc import Iterator

from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.rules.rates import Rate
from tenure.understand.value.renewals import Lifetime, lifetimes

LEAST_DECIDED = 30


def lifetime_values(book: Book) -> Iterator[Figure]:
    """By plan and months of a term, and over all weighted by decisions; curves need 30 of them."""
    found = [
        one
        for one in lifetimes(book.engine, book.terms, as_of=book.today, grace_days=book.grace)
        if one.decided >= LEAST_DECIDED
    ]
    for one in found:
        place = (book.as_of, "plan_cycle", f"{one.plan}/{one.cycle_months}")
        if one.value is not None and one.low is not None and one.high is not None:
            spread = (one.low, one.high)
            yield Figure("ltv_curve", _minor(one.value), one.decided, *place, spread=spread)
        if one.simple is not None:
            yield Figure("ltv_margin_churn", _minor(one.simple), one.decided, *place)
    yield from _whole(book, [one for one in found if one.value is not None])


def _whole(book: Book, found: list[Lifetime]) -> Iterator[Figure]:
    decided = sum(one.decided for one in found)
    if not decided:
        return

    def mean(values: list[float | None]) -> float:
        return sum((v or 0.0) * one.decided for v, one in zip(values, found, strict=True)) / decided

    spread = (mean([one.low for one in found]), mean([one.high for one in found]))
    value = _minor(mean([one.value for one in found]))
    yield Figure("ltv_curve", value, decided, book.as_of, spread=spread)


def _minor(amount: float) -> Rate:
    """An estimate in whole minor units."""
    return Rate(int(amount + 0.5), 1)
