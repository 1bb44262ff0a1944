"""Which lots points are taken from, given back to, and repay: golden example G22."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tenure.kernel.failures import Refusal, Sentence


class NotEnoughPoints(Refusal):
    """Fewer points than are to be redeemed."""

    code = "not_enough_points"
    said = Sentence(
        zh="可用积分 {usable}，不够兑换 {wanted}。",
        en="There are {usable} points to use, not the {wanted} that are to be redeemed.",
    )


class PointsOwed(Refusal):
    """A redemption while the balance is below nothing."""

    code = "points_owed"
    said = Sentence(
        zh="积分余额为 −{debt}（退款收回所致）；补足之前不能兑换，之后所得先抵这笔欠分。",
        en="The balance is −{debt} points, taken back after a refund; nothing can be redeemed "
        "until points that are earned have repaid it.",
    )


class NoPoints(Refusal):
    """A movement of nothing, or of more than there was."""

    code = "no_points"
    said = Sentence(
        zh="积分数应为正整数，且不超过 {most}；收到的是 {points}。",
        en="Points are a whole number above nothing and at most {most}; {points} was given.",
    )


class ExpiredAlready(Refusal):
    """Points that would expire before they are given."""

    code = "points_expired_already"
    said = Sentence(
        zh="到期日 {expires_on} 不晚于发放日 {on}；请选择之后的日期。",
        en="Points given on {on} cannot expire on {expires_on}; choose a later day.",
    )


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of what one sale earned; usable before `expires_on`."""

    ref: str
    earned_on: date
    expires_on: date
    left: int


@dataclass(frozen=True, slots=True)
class Part:
    """So many points of one lot."""

    ref: str
    points: int


def in_order(lots: Iterable[Lot]) -> list[Lot]:
    """The lot that expires first before the others; of two that earned earlier, then by name."""
    return sorted(lots, key=lambda one: (one.expires_on, one.earned_on, one.ref))


def taken(lots: Iterable[Lot], points: int, *, on: date, debt: int = 0) -> list[Part]:
    """Redeem points, first-expiring first (R-L-002).

    Raises:
        PointsOwed: the balance is below nothing.
        NotEnoughPoints: the lots that have not expired hold less.
    """
    if debt:
        raise PointsOwed(debt=debt)
    usable = [one for one in in_order(lots) if one.expires_on > on and one.left]
    held = sum(one.left for one in usable)
    if held < points:
        raise NotEnoughPoints(usable=held, wanted=points)
    return _from(usable, points)


def repaid(lots: Iterable[Lot], debt: int) -> list[Part]:
    """What an inflow repays of a debt, from the earliest-expiring lot."""
    held = [one for one in in_order(lots) if one.left]
    return _from(held, min(debt, sum(one.left for one in held)))


def taken_back(*, left: int, points: int) -> tuple[int, int]:
    """Of a refunded sale's points: what its own lot still holds, and what becomes a debt."""
    return min(left, points), max(0, points - left)


def given_back(used: Sequence[Part], points: int) -> list[Part]:
    """Points of a cancelled redemption return to the lots they came from, last used first."""
    found: list[Part] = []
    for part in reversed(used):
        back = min(part.points, points)
        if back:
            found.append(Part(part.ref, back))
        points -= back
    return found


def refunded_points(earned: int, *, refunded_minor: int, sale_minor: int) -> int:
    """Of a partial refund: what is taken back, rounded up, so that nothing stays for it (R-L-004).

    Args:
        sale_minor: what was paid, above nothing.
    """
    return min(earned, -(-earned * refunded_minor // sale_minor))


def _from(lots: Sequence[Lot], points: int) -> list[Part]:
    found: list[Part] = []
    for one in lots:
        part = min(one.left, points)
        if part:
            found.append(Part(one.ref, part))
        points -= part
    return found
