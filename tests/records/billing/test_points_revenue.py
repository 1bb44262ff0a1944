"""G21: points as a promise (IFRS 15, Illustrative Example 52), read from the published file."""

from tenure.records.billing.revenue.points import Year, allocated_to_points, revenue_by_year
from tests.understand.metrics.golden import expected_of, rows_of


def test_g21_points_are_revenue_once_they_are_redeemed() -> None:
    """A new expectation of the second year is caught up in it."""
    told = expected_of("G21")
    (row,) = ({name: int(value) for name, value in one.items()} for one in rows_of("G21"))
    cash = row["cash_minor"]

    points = allocated_to_points(
        cash_minor=cash, goods_minor=cash, points_minor=row["ssp_total_points_minor"]
    )
    years = [
        Year(row["year1_redeemed"], row["year1_expected"]),
        Year(row["year2_redeemed_cumulative"], row["year2_expected_total"]),
    ]
    first, second = revenue_by_year(points, years)

    assert points == told["allocated_to_points_minor"]
    assert cash - points == told["allocated_to_goods_minor"]
    assert first == told["year1_points_revenue_minor"]
    assert second == told["year2_points_revenue_minor"]
    assert points - first - second == told["contract_liability_end_year2_minor"]
