"""Give points, redeem them, take them back, return them, let them expire; each once per key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from tenure.records.customers.models import Account
from tenure.records.journal.actions import Fact, append
from tenure.records.loyalty.models import PointsLine, PointsLot, PointsMove
from tenure.records.loyalty.queries import balance_of, used_of
from tenure.records.loyalty.rules import (
    ExpiredAlready,
    Lot,
    NoPoints,
    Part,
    given_back,
    repaid,
    taken,
    taken_back,
)
from tenure.records.loyalty.states import MoveKind

MOST_POINTS: Final = 100_000_000
_BATCH: Final = 500
_SIDES: Final = {
    MoveKind.EARN: "issued",
    MoveKind.REDEEM: "redeemed",
    MoveKind.RETURN: "redeemed",
    MoveKind.REVERSE: "reversed",
    MoveKind.EXPIRE: "expired",
}


@dataclass(frozen=True, slots=True)
class Earned:
    """Points of one sale: `ref` names it, `sale_minor` is what was paid in it."""

    account_id: int
    ref: str
    points: int
    expires_on: date
    sale_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """The business's day, the instant, and by whom."""

    on: date
    at: datetime
    by: str


@transaction.atomic
def earn(earned: Earned, *, now: Moment) -> PointsLot:
    """Give the points of a sale; a debt is repaid from them at once (G22).

    Raises:
        NoPoints, ExpiredAlready: nothing is given.
    """
    _lock(earned.account_id)
    known = PointsLot.objects.filter(ref=earned.ref).first()
    if known is not None:
        return known
    _check(earned.points, most=MOST_POINTS)
    if earned.expires_on <= now.on:
        raise ExpiredAlready(expires_on=earned.expires_on, on=now.on)
    debt = balance_of(earned.account_id, on=now.on).debt
    lot = PointsLot.objects.create(
        account_id=earned.account_id,
        ref=earned.ref,
        earned=earned.points,
        left=earned.points,
        sale_minor=earned.sale_minor,
        earned_on=now.on,
        expires_on=earned.expires_on,
    )
    parts = [Part(lot.ref, earned.points)]
    _move(_Movement(MoveKind.EARN, earned.account_id, lot.ref, earned.points), parts, now=now)
    _repay(earned.account_id, debt)
    lot.refresh_from_db()
    return lot


@transaction.atomic
def redeem(account_id: int, points: int, *, ref: str, now: Moment) -> PointsMove:
    """Use points, first-expiring first; the same reference redeems once.

    Raises:
        NoPoints, PointsOwed, NotEnoughPoints: nothing is redeemed.
    """
    _lock(account_id)
    known = PointsMove.objects.filter(once_key=f"{MoveKind.REDEEM}:{ref}").first()
    if known is not None:
        return known
    _check(points, most=MOST_POINTS)
    debt = balance_of(account_id, on=now.on).debt
    parts = taken(_lots(account_id), points, on=now.on, debt=debt)
    _change_lots(parts, by=-1)
    return _move(_Movement(MoveKind.REDEEM, account_id, ref, points), parts, now=now)


@transaction.atomic
def reverse(sale_ref: str, points: int | None = None, *, key: str = "", now: Moment) -> PointsMove:
    """Take back the points of a refunded sale: from its lot first, the rest becomes a debt.

    Args:
        points: None takes back all that it earned.
        key: tells several partial refunds of one sale apart.
    Raises:
        NoPoints: more than it earned, less what was taken back before.
    """
    lot = PointsLot.objects.get(ref=sale_ref)
    _lock(lot.account_id)
    once_key = f"{MoveKind.REVERSE}:{sale_ref}:{key}"
    known = PointsMove.objects.filter(once_key=once_key).first()
    if known is not None:
        return known
    lot.refresh_from_db()
    before = PointsMove.objects.filter(kind=MoveKind.REVERSE, ref=sale_ref)
    most = lot.earned - sum(before.values_list("points", flat=True))
    wanted = most if points is None else points
    _check(wanted, most=most)
    from_lot, debt = taken_back(left=lot.left, points=wanted)
    parts = [Part(sale_ref, from_lot)] if from_lot else []
    _change_lots(parts, by=-1)
    movement = _Movement(MoveKind.REVERSE, lot.account_id, sale_ref, wanted, once_key)
    move = _move(movement, parts, now=now, debt=debt)
    # What other lots hold pays at once for what this one lacked.
    _repay(lot.account_id, balance_of(lot.account_id, on=now.on).debt)
    return move


@transaction.atomic
def cancel_redemption(ref: str, points: int | None = None, *, key: str = "", now: Moment) -> (
    PointsMove
):  # fmt: skip
    """Return points to the lots they came from, with their first day of expiry (G22).

    Raises:
        NoPoints: more than is still redeemed.
    """
    redeemed = PointsMove.objects.get(once_key=f"{MoveKind.REDEEM}:{ref}")
    _lock(redeemed.account_id)
    once_key = f"{MoveKind.RETURN}:{ref}:{key}"
    known = PointsMove.objects.filter(once_key=once_key).first()
    if known is not None:
        return known
    used = used_of(ref)
    most = sum(part.points for part in used)
    wanted = most if points is None else points
    _check(wanted, most=most)
    debt = balance_of(redeemed.account_id, on=now.on).debt
    parts = given_back(used, wanted)
    _change_lots(parts, by=1)
    movement = _Movement(MoveKind.RETURN, redeemed.account_id, ref, wanted, once_key)
    move = _move(movement, parts, now=now)
    _repay(redeemed.account_id, debt)
    return move


def expire_points(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """Remove what is left of lots whose day has come; how many points."""
    found = 0
    due = PointsLot.objects.filter(expires_on__lte=as_of, left__gt=0).order_by("pk")
    while keys := list(due.values_list("pk", flat=True)[:_BATCH]):
        found += sum(_expire(key, now=Moment(as_of, at, by)) for key in keys)
    return found


@transaction.atomic
def _expire(lot_id: int, *, now: Moment) -> int:
    lot = PointsLot.objects.get(pk=lot_id)
    _lock(lot.account_id)
    lot.refresh_from_db()
    if not lot.left:
        return 0
    parts = [Part(lot.ref, lot.left)]
    _change_lots(parts, by=-1)
    key = f"{MoveKind.EXPIRE}:{lot.ref}:{now.on}"
    _move(_Movement(MoveKind.EXPIRE, lot.account_id, lot.ref, lot.left, key), parts, now=now)
    return lot.left


@dataclass(frozen=True, slots=True)
class _Movement:
    kind: MoveKind
    account_id: int
    ref: str
    points: int
    key: str = ""

    @property
    def sign(self) -> int:
        """Whether the customer gains."""
        return 1 if self.kind in (MoveKind.EARN, MoveKind.RETURN) else -1


def _move(movement: _Movement, parts: Sequence[Part], *, now: Moment, debt: int = 0) -> PointsMove:
    """Write a movement with both its sides, and tell it."""
    assert sum(one.points for one in parts) + debt == movement.points, "both sides are equal"
    move = PointsMove.objects.create(
        account_id=movement.account_id,
        kind=movement.kind,
        ref=movement.ref,
        points=movement.points,
        once_key=movement.key or f"{movement.kind}:{movement.ref}",
        moved_on=now.on,
        recorded_at=now.at,
        recorded_by=now.by,
    )
    lots = dict(PointsLot.objects.filter(ref__in=[p.ref for p in parts]).values_list("ref", "pk"))
    own: list[tuple[int | None, int]] = [
        (lots[one.ref], movement.sign * one.points) for one in parts
    ]
    if debt:
        own.append((None, movement.sign * debt))
    lines = [PointsLine(move=move, side="customer", lot_id=lot, points=n) for lot, n in own]
    other = -movement.sign * movement.points
    lines.append(PointsLine(move=move, side=_SIDES[movement.kind], points=other))
    PointsLine.objects.bulk_create(lines)
    content = {"kind": str(movement.kind), "ref": movement.ref, "points": movement.points}
    fact = Fact(
        "points.moved",
        on=now.on,
        account_id=movement.account_id,
        content=content,
        once_key=f"points:{move.once_key}",
    )
    append(fact, at=now.at, by=now.by)
    return move


def _repay(account_id: int, debt: int) -> None:
    """Lots hold less by what was owed; the balance is as it was."""
    if debt > 0:
        _change_lots(repaid(_lots(account_id), debt), by=-1)


def _lots(account_id: int) -> list[Lot]:
    rows = PointsLot.objects.filter(account=account_id, left__gt=0)
    return [Lot(*row) for row in rows.values_list("ref", "earned_on", "expires_on", "left")]


def _change_lots(parts: Sequence[Part], *, by: int) -> None:
    for one in parts:
        PointsLot.objects.filter(ref=one.ref).update(left=F("left") + by * one.points)


def _lock(account_id: int) -> None:
    """Two who use the same points wait for each other."""
    list(Account.objects.select_for_update().filter(pk=account_id))


def _check(points: int, *, most: int) -> None:
    if not 0 < points <= most:
        raise NoPoints(points=points, most=most)
