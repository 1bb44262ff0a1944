"""CMP-06, EXP-04, ROI-01: what a campaign brought, against those whom the lot kept out of it."""

import pytest

from tenure.prove.campaigns.rules import returned
from tenure.prove.statistics.groups import one_each, yes_or_no


def test_the_return_counts_what_was_given_on_both_sides() -> None:
    """800 of 1,000 against 700 of 1,000: 100 renewals more, at 300.00 margin less a 30.00 coupon.

    Treated margin a term: 0.8 × 270.00 = 216.00; control 0.7 × 300.00 = 210.00. The difference
    over 1,000 terms is 6,000.00; with the coupons used (800 × 30.00 = 24,000.00) put back it is
    30,000.00, and 24,050.00 was spent: 1.247 for each yuan.
    """
    margins = (
        one_each(1_000, total=800 * 27_000, squares=800 * 27_000**2),
        one_each(1_000, total=700 * 30_000, squares=700 * 30_000**2),
    )

    found = returned(
        renewals=(yes_or_no(1_000, yes=800), yes_or_no(1_000, yes=700)),
        margins=margins,
        needs=2_000,
        given_minor=2_400_000,
        spent=2_405_000,
    )

    assert found.renewals.effect == pytest.approx(100)
    assert found.margin.effect == pytest.approx(3_000_000)
    assert found.net_minor == pytest.approx(595_000)
    assert found.ratio == pytest.approx(3_000 / 2_405)
    assert found.ratio_bounds is not None
    low, high = found.ratio_bounds
    assert low < 3_000 / 2_405 < high
    assert found.renewals.low < 100 < found.renewals.high
    # Wider than for one look: the page is open every day.
    assert 100 - found.renewals.low > 1.96 * found.renewals.deviation


def test_without_spending_there_is_no_ratio() -> None:
    same = yes_or_no(10, yes=5)

    found = returned(renewals=(same, same), margins=(same, same), needs=20, given_minor=0, spent=0)

    assert (found.ratio, found.ratio_bounds, found.net_minor) == (None, None, 0)
