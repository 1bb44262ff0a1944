"""G22: the ledger of points on a worked example of our own, and its laws."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from tenure.records.journal.models import Entry
from tenure.records.loyalty.actions import (
    Earned,
    Moment,
    cancel_redemption,
    earn,
    expire_points,
    redeem,
    reverse,
)
from tenure.records.loyalty.models import PointsLine, PointsLot, PointsMove
from tenure.records.loyalty.queries import Assumed, balance_of, liability
from tenure.records.loyalty.rules import (
    ExpiredAlready,
    Lot,
    NoPoints,
    NotEnoughPoints,
    Part,
    PointsOwed,
    given_back,
    refunded_points,
    taken,
)
from tests.builders import AT, an_account
from tests.understand.metrics.golden import expected_of, rows_of

FIRST = date(2026, 1, 10)


def now(days: int = 0) -> Moment:
    return Moment(FIRST + timedelta(days), AT, "desk")


def left() -> dict[str, int]:
    return dict(PointsLot.objects.order_by("ref").values_list("ref", "left"))


def test_g22_first_expiring_first_with_refund_debt_and_a_cancelled_redemption(
    either_database: str,
) -> None:
    """G22, R-L-001 to R-L-004: the six movements of the notes, step by step."""
    account = an_account().pk

    def balance() -> int:
        return balance_of(account, on=FIRST).points

    earn(Earned(account, "INV1", 1_000, date(2026, 12, 31)), now=now())
    earn(Earned(account, "INV2", 500, date(2027, 3, 31)), now=now(1))
    redeem(account, 1_200, ref="R1", now=now(2))
    assert left() == {"INV1": 0, "INV2": 300}
    reverse("INV2", now=now(3))
    assert (left(), balance()) == ({"INV1": 0, "INV2": 0}, -200)
    with pytest.raises(PointsOwed, match="200"):
        redeem(account, 1, ref="R2", now=now(3))
    earn(Earned(account, "INV3", 300, date(2027, 6, 30)), now=now(4))
    assert (left()["INV3"], balance()) == (100, 100)
    for _ in range(2):
        cancel_redemption("R1", 600, key="a", now=now(5))

    assert left() == {"INV1": 400, "INV2": 200, "INV3": 100}
    assert balance() == 700
    sums = PointsLine.objects.values("move").annotate(total=Sum("points"))
    assert {row["total"] for row in sums} == {0}
    assert expire_points(as_of=date(2026, 12, 30), at=AT) == 0
    assert expire_points(as_of=date(2026, 12, 31), at=AT) == 400
    assert expire_points(as_of=date(2026, 12, 31), at=AT) == 0
    assert (left()["INV1"], balance()) == (0, 300)
    assert Entry.objects.filter(kind="points.moved").count() == PointsMove.objects.count() == 7


@pytest.mark.django_db
def test_what_cannot_be_moved_is_refused_and_moves_nothing() -> None:
    account = an_account().pk
    earn(Earned(account, "S1", 100, date(2026, 12, 31)), now=now())
    moves = PointsMove.objects.count()

    with pytest.raises(NotEnoughPoints, match="100"):
        redeem(account, 101, ref="R", now=now())
    with pytest.raises(NotEnoughPoints):
        redeem(account, 100, ref="R", now=Moment(date(2026, 12, 31), AT, "desk"))
    with pytest.raises(NoPoints):
        redeem(account, 0, ref="R", now=now())
    with pytest.raises(NoPoints):
        reverse("S1", 101, now=now())
    with pytest.raises(ExpiredAlready):
        earn(Earned(account, "S2", 5, FIRST), now=now())

    assert PointsMove.objects.count() == moves
    assert left() == {"S1": 100}


@pytest.mark.django_db
def test_the_same_sale_and_redemption_move_points_once() -> None:
    account = an_account().pk
    for _ in range(2):
        earn(Earned(account, "S1", 100, date(2026, 12, 31)), now=now())
        redeem(account, 30, ref="R1", now=now())
        reverse("S1", 20, key="first", now=now())

    assert left() == {"S1": 50}
    assert PointsMove.objects.count() == 3


@pytest.mark.django_db
def test_g21_points_are_revenue_in_the_year_in_which_they_are_redeemed() -> None:
    """G21, R-L-007: the published sale, brought through the ledger itself."""
    told = expected_of("G21")
    (row,) = ({name: int(value) for name, value in one.items()} for one in rows_of("G21"))
    account = an_account().pk
    sale = Earned(account, "IE52", row["points"], date(2030, 1, 1), row["cash_minor"])
    earn(sale, now=Moment(date(2026, 1, 1), AT, "desk"))
    redeem(account, row["year1_redeemed"], ref="Y1", now=Moment(date(2026, 6, 1), AT, "desk"))
    # 950,000 of stand-alone price for 10,000 points of which 9,500 are expected.
    assumed = Assumed(Decimal(row["ssp_total_points_minor"]) / 9_500, Decimal("0.95"))

    (year,) = liability(assumed, as_of=date(2026, 12, 31), currency="CNY")

    assert year.allocated_minor == told["allocated_to_points_minor"]
    assert year.earned_minor == told["year1_points_revenue_minor"]
    assert (year.issued, year.redeemed, year.outstanding) == (10_000, 4_500, 5_500)
    assert year.owed_minor == year.allocated_minor - year.earned_minor


def test_a_partial_refund_takes_back_rounded_up() -> None:
    """R-L-004: a third of 100 points is 34 to give back, never more than were earned."""
    assert refunded_points(100, refunded_minor=3_333, sale_minor=10_000) == 34
    assert refunded_points(100, refunded_minor=20_000, sale_minor=10_000) == 100


LOTS = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 60)), min_size=1, max_size=5)


@given(LOTS, st.integers(1, 200))
def test_points_are_taken_as_if_each_were_a_token(made: list[tuple[int, int]], wanted: int) -> None:
    """Method B of G22: the tokens that expire first go first; all of them come back."""
    lots = [
        Lot(f"L{n}", FIRST, FIRST + timedelta(days), many) for n, (days, many) in enumerate(made)
    ]
    tokens = sorted((one.expires_on, one.ref) for one in lots for _ in range(one.left))
    if len(tokens) < wanted:
        with pytest.raises(NotEnoughPoints):
            taken(lots, wanted, on=FIRST)
        return

    parts = taken(lots, wanted, on=FIRST)

    spent = [ref for _, ref in tokens[:wanted]]
    assert {part.ref: part.points for part in parts} == {ref: spent.count(ref) for ref in spent}
    back = given_back(parts, wanted)
    assert sorted(back, key=lambda one: one.ref) == sorted(parts, key=lambda one: one.ref)
    assert given_back([Part("a", 3), Part("b", 2)], 3) == [Part("b", 2), Part("a", 1)]
