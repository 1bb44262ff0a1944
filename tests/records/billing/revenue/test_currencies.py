"""G29: exponents of currencies, and a bridge in constant currency that closes."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.money import Money
from tenure.records.billing.revenue.currencies import bridge

START = {"USD": Decimal("7.10"), "JPY": Decimal("0.047"), "KWD": Decimal("23.10")}
END = {"USD": Decimal("7.00"), "JPY": Decimal("0.049"), "KWD": Decimal("23.00")}


def test_movements_use_the_rates_of_the_start() -> None:
    """G29, its own rows."""
    rows = [
        ("CNY", 880_000, 880_000),
        ("USD", 100_000, 120_000),
        ("JPY", 1_000_000, 1_000_000),
        ("KWD", 50_000, 50_000),
    ]
    pairs = [(Money(before, of), Money(after, of)) for of, before, after in rows]

    found = bridge(pairs, currency="CNY", start_rates=START, end_rates=END)

    assert found.start == Money(6_405_500, "CNY")
    assert found.end_constant == Money(6_547_500, "CNY")
    assert found.expansion == Money(142_000, "CNY")
    assert found.fx == Money(187_500, "CNY")
    assert found.end_spot == Money(6_735_000, "CNY")
    assert found.nrr == Decimal("1.022168")


AMOUNTS = st.integers(0, 10**8)


@given(
    pairs=st.lists(
        st.tuples(st.sampled_from(["CNY", "USD", "JPY", "KWD"]), AMOUNTS, AMOUNTS), max_size=8
    )
)
def test_the_bridge_closes(pairs: list[tuple[str, int, int]]) -> None:
    moved = [(Money(before, of), Money(after, of)) for of, before, after in pairs]

    found = bridge(moved, currency="CNY", start_rates=START, end_rates=END)

    assert found.start + found.expansion - found.contraction + found.fx == found.end_spot
