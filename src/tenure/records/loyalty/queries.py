"""What an account may use, and what all points still promise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q

from tenure.kernel.money import rounded
from tenure.records.billing.revenue.points import Year, allocated_to_points, revenue_by_year
from tenure.records.loyalty.models import PointsLine, PointsLot, PointsMove
from tenure.records.loyalty.rules import Part
from tenure.records.loyalty.states import MoveKind
from tenure.records.together import read_together


@dataclass(frozen=True, slots=True)
class Balance:
    """`points` is what the ledger says, below nothing where some are owed.

    `usable` may be redeemed; `next_lot` expires first; `has_moved` where anything ever moved.
    """

    points: int
    usable: int
    debt: int
    next_lot: PointsLot | None
    has_moved: bool


def balance_of(account_id: int, *, on: date) -> Balance:
    """The balance of one account on a day: one query."""
    lines, left = read_together(
        PointsLine.objects.filter(move__account=account_id, side="customer").only("points"),
        PointsLot.objects.filter(account=account_id, left__gt=0),
    )
    points = sum(one.points for one in lines)
    lots = sorted(left, key=lambda one: (one.expires_on, one.earned_on))
    debt = sum(one.left for one in lots) - points
    usable = [one for one in lots if one.expires_on > on]
    return Balance(
        points,
        0 if debt else sum(one.left for one in usable),
        debt,
        next(iter(usable), None),
        has_moved=bool(lines),
    )


def used_of(ref: str) -> list[Part]:
    """What of each lot a redemption still uses, in the order in which it was taken."""
    lines = PointsLine.objects.filter(
        Q(move__kind=MoveKind.REDEEM) | Q(move__kind=MoveKind.RETURN),
        move__ref=ref,
        side="customer",
        lot__isnull=False,
    ).order_by("pk")
    left: dict[str, int] = {}
    for lot, points in lines.values_list("lot__ref", "points"):
        left[lot] = left.get(lot, 0) - points
    return [Part(lot, points) for lot, points in left.items() if points]


def lots_of(account_id: int, *, on: date) -> list[PointsLot]:
    """The lots of which something can be used on a day, the one that expires first first."""
    lots = PointsLot.objects.filter(account=account_id, left__gt=0, expires_on__gt=on)
    return list(lots.order_by("expires_on", "earned_on", "pk"))


def moves_of(account_id: int, *, limit: int = 50) -> list[PointsMove]:
    """The newest movements of an account."""
    return list(PointsMove.objects.filter(account=account_id).order_by("-pk")[:limit])


@dataclass(frozen=True, slots=True)
class Assumed:
    """What the operator holds of points: what one is worth, and how many are ever redeemed."""

    point_minor: Decimal
    redeemed_share: Decimal


@dataclass(frozen=True, slots=True)
class YearOfPoints:
    """The points of one calendar year of sales, and what is revenue of them (IFRS 15, IE52).

    `allocated_minor` is the part of those sales' price that the points stand for; `earned_minor`
    what of it is revenue by the end of `as_of`, the rest is owed. `by_year` splits it.
    """

    year: int
    issued: int
    redeemed: int
    expired: int
    reversed: int
    outstanding: int
    sale_minor: int
    allocated_minor: int
    earned_minor: int
    by_year: Sequence[tuple[int, int]]

    @property
    def owed_minor(self) -> int:
        return self.allocated_minor - self.earned_minor


def liability(assumed: Assumed, *, as_of: date, currency: str) -> list[YearOfPoints]:
    """What points promise, by the year in which they were earned (G21, R-L-007)."""
    lots = PointsLot.objects.filter(account__currency=currency, earned_on__lte=as_of)
    found: defaultdict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
    for pk, on, earned, left, sale in lots.values_list(
        "pk", "earned_on", "earned", "left", "sale_minor"
    ):
        found[on.year].append((pk, earned, left, sale or 0))
    moved = _moved(currency, as_of=as_of)
    return [
        _year(year, rows, moved=moved, assumed=assumed, last=as_of.year)
        for year, rows in sorted(found.items())
    ]


type _Moved = dict[int, list[tuple[str, int, int]]]


def _moved(currency: str, *, as_of: date) -> _Moved:
    """Lot → (kind, year, points) of what left it or came back."""
    lines = PointsLine.objects.filter(
        move__account__currency=currency, move__moved_on__lte=as_of, lot__isnull=False
    ).exclude(move__kind=MoveKind.EARN)
    found: defaultdict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for lot, kind, on, points in lines.values_list("lot", "move__kind", "move__moved_on", "points"):
        found[lot].append((kind, on.year, -points))
    return found


def _year(
    year: int,
    rows: Sequence[tuple[int, int, int, int]],
    *,
    moved: _Moved,
    assumed: Assumed,
    last: int,
) -> YearOfPoints:
    lots = {pk for pk, _, _, _ in rows}
    every = [one for lot in lots for one in moved.get(lot, ())]

    def count(*kinds: str, until: int = last) -> int:
        return sum(n for kind, on, n in every if kind in kinds and on <= until)

    issued = sum(earned for _, earned, _, _ in rows) - count(MoveKind.REVERSE)
    sale = sum(one for _, _, _, one in rows)
    allocated = _allocated(sale, issued, assumed=assumed)
    expected = max(1, rounded(Fraction(issued) * Fraction(assumed.redeemed_share)))
    years = list(range(year, last + 1))
    redeemed = [count(MoveKind.REDEEM, MoveKind.RETURN, until=one) for one in years]
    earned = revenue_by_year(allocated, [Year(one, max(one, expected)) for one in redeemed])
    return YearOfPoints(
        year=year,
        issued=issued,
        redeemed=redeemed[-1],
        expired=count(MoveKind.EXPIRE),
        reversed=count(MoveKind.REVERSE),
        outstanding=sum(left for _, _, left, _ in rows),
        sale_minor=sale,
        allocated_minor=allocated,
        earned_minor=sum(earned),
        by_year=list(zip(years, earned, strict=True)),
    )


def _allocated(sale_minor: int, issued: int, *, assumed: Assumed) -> int:
    worth = rounded(
        Fraction(issued) * Fraction(assumed.point_minor) * Fraction(assumed.redeemed_share)
    )
    if not sale_minor or worth <= 0:
        return 0
    return allocated_to_points(cash_minor=sale_minor, goods_minor=sale_minor, points_minor=worth)
