"""The spread of the coming weeks (MET-07, TOP-20 in its first form)."""

import math

import pytest

from tenure.understand.forecast.expressions import weekly_sums
from tenure.understand.forecast.rules import Sums, quantiles
from tenure.warehouse.engines import open_engine
from tenure.warehouse.tables.declaration import Column

RISK = (
    Column("term_id", "int64"),
    Column("days_left", "int64"),
    Column("p_lapse", "float64"),
    Column("band", "int64"),
)
PRICE = (Column("term_id", "int64"), Column("price_minor", "int64"), Column("currency", "string"))


def test_weeks_hold_sums_of_their_own_terms() -> None:
    risks = [(1, 0, 0.2, 2), (2, 6, 0.5, 4), (3, 7, 0.1, 2), (4, 91, 0.1, 2), (5, -1, 0.9, 4)]
    prices = [(term, 10_000 * term, "CNY") for term in range(1, 6)]

    with open_engine() as engine:
        rows = engine.collect(
            weekly_sums(engine.literal(risks, columns=RISK), engine.literal(prices, columns=PRICE))
        ).to_pylist()

    first, second = sorted(rows, key=lambda row: row["week"])
    assert (first["due"], first["band_2"], first["band_4"]) == (2, 1, 1)
    assert first["renewals"] == pytest.approx(1.3)
    assert first["doubt"] == pytest.approx(0.16 + 0.25)
    assert first["revenue"] == pytest.approx(10_000 * 0.8 + 20_000 * 0.5)
    assert (second["week"], second["due"]) == (1, 1)


def test_independent_terms_spread_like_a_binomial() -> None:
    """400 terms at 0.8: mean 320, sd 8, so P10 and P90 lie 1.2816 sd away."""
    spread = quantiles(Sums(320.0, 64.0, 64.0, 400.0), level_spread=0.0)

    assert spread.p50 == 320.0
    assert spread.p90 == pytest.approx(320 + 1.2815515655 * 8)
    assert spread.p10 == pytest.approx(320 - 1.2815515655 * 8)


def test_doubt_about_the_level_widens_and_stays_within_what_is_possible() -> None:
    narrow = quantiles(Sums(320.0, 64.0, 64.0, 400.0), level_spread=0.0)
    wide = quantiles(Sums(320.0, 64.0, 64.0, 400.0), level_spread=0.15)
    tiny = quantiles(Sums(0.9, 0.09, 0.09, 1.0))

    assert wide.p90 - wide.p10 > narrow.p90 - narrow.p10
    assert wide.p90 == pytest.approx(320 + 1.2815515655 * math.hypot(8, 0.15 * 64))
    assert 0 <= tiny.p10 <= tiny.p50 <= tiny.p90 <= 1
