"""The page of a customer's points: how many there are, when they end, and what earned each."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from tenure.records.loyalty.models import PointsMove
from tenure.records.loyalty.queries import balance_of, lots_of, moves_of
from tenure.records.loyalty.states import MoveKind
from tenure.records.strategies.queries import current
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Right, Visitor, moment, opens

_PAYMENT = "payment:"
_ADDING = (MoveKind.EARN, MoveKind.RETURN)


@dataclass(frozen=True, slots=True)
class Line:
    """One movement as its own customer reads it: `payment` is the number of what earned it."""

    move: PointsMove
    payment: str
    points: int


@require_GET
@opens(Right.ACCOUNT)
def points(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The balance, what ends when, and what earned and used it (R-L-003, R-U-031)."""
    now = moment()
    shown = {
        "visitor": visitor,
        "balance": balance_of(visitor.account_id, on=now.on),
        "lots": lots_of(visitor.account_id, on=now.on),
        "lines": [_line(one) for one in moves_of(visitor.account_id)],
        "earning": current().at(now.on).loyalty.earning,
        "is_account": True,
    }
    return draw(request, "portal/points.html", shown=shown, now=now)


def _line(move: PointsMove) -> Line:
    payment = move.ref.removeprefix(_PAYMENT) if move.ref.startswith(_PAYMENT) else ""
    return Line(move, payment, move.points if move.kind in _ADDING else -move.points)
