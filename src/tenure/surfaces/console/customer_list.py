"""Customers in a list: newest or searched for, by the end of their term, or by their risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet

from tenure.kernel.identifiers import whole
from tenure.records.customers.models import Account
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE
from tenure.surfaces.console import paging
from tenure.surfaces.console.paging import PAGE_ROWS
from tenure.surfaces.console.shell import Standing
from tenure.understand.churn.peers import riskiest, risks_of_terms
from tenure.understand.churn.queries import stands_in
from tenure.understand.health.queries import scores_of_terms

NEWEST, ENDING, RISK = "newest", "ending", "risk"
ORDERS: Final = (NEWEST, ENDING, RISK)
# So far down the list of risks is paged; whoever wants more makes a segment.
MOST_BY_RISK: Final = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """One customer with the live term that ends first; None and null where there is none."""

    account: Account
    term: Term | None
    band: int | None
    p_lapse: float | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of customers, and the mark of the next one, empty at the end.

    `is_average`: the probabilities are averages of the plans, which order nobody.
    """

    rows: Sequence[Row]
    next_mark: str
    is_average: bool


def by_arrival(accounts: QuerySet[Account], *, stands: Standing, mark: str) -> Rows:
    """The newest first: six questions at most, two of them to the warehouse."""
    page = paging.newest(accounts, mark)
    terms = _live().filter(account__in=page.rows).order_by("-ends_on", "-pk")
    first = {one.account_id: one for one in terms}
    pairs = [(one, first.get(one.pk)) for one in page.rows]
    return _rows(pairs, page.next_mark, stands=stands)


def by_end(*, stands: Standing, today: date, mark: str) -> Rows:
    """Live terms from today on, the next to end first.

    Args:
        mark: day and number of the last row of the page before.
    """
    terms = _live().filter(ends_on__gte=today).select_related("account")
    day, _, number = mark.partition(".")
    try:
        since = date.fromisoformat(day) if day else None
    except ValueError:
        since = None
    if since is not None:
        terms = terms.filter(Q(ends_on=since, pk__gt=whole(number)) | Q(ends_on__gt=since))
    found = list(terms.order_by("ends_on", "pk")[: PAGE_ROWS + 1])
    shown = found[:PAGE_ROWS]
    more = f"{shown[-1].ends_on}.{shown[-1].pk}" if len(found) > PAGE_ROWS else ""
    return _rows([(one.account, one) for one in shown], more, stands=stands)


def by_risk(*, stands: Standing, mark: str) -> Rows:
    """Live terms by the probability of the last finished day, the highest first.

    Args:
        mark: how many stood on the pages before.
    """
    if stands.as_of is None:
        return Rows((), "", is_average=False)
    first = min(whole(mark), MOST_BY_RISK)
    asked = riskiest(on=stands.as_of, first=first, count=PAGE_ROWS)
    terms = _live().select_related("account").in_bulk(asked)
    pairs = [(terms[one].account, terms[one]) for one in asked if one in terms]
    is_more = len(asked) == PAGE_ROWS and first + PAGE_ROWS < MOST_BY_RISK
    return _rows(pairs, str(first + PAGE_ROWS) if is_more else "", stands=stands)


def _live() -> QuerySet[Term]:
    return Term.objects.filter(state__in=LIVE).select_related("plan_version__plan")


def _rows(
    pairs: Sequence[tuple[Account, Term | None]], next_mark: str, *, stands: Standing
) -> Rows:
    named = {term.pk for _, term in pairs if term is not None}
    risks: Mapping[int, tuple[int, float]] = {}
    scores: Mapping[int, float] = {}
    is_average = False
    if named and stands.as_of is not None:
        risks = risks_of_terms(named, on=stands.as_of)
        scores = scores_of_terms(named, on=stands.as_of)
        is_average = stands_in(as_of=stands.as_of)
    rows = []
    for account, term in pairs:
        band, p_lapse = risks.get(term.pk, (None, None)) if term else (None, None)
        rows.append(Row(account, term, band, p_lapse, scores.get(term.pk) if term else None))
    return Rows(rows, next_mark, is_average)
