"""CAT-02: the plan that fits a customer's use, with the reason."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.decide.fitting.expressions import with_fit
from tenure.decide.fitting.rules import Fit, recommend
from tenure.strategy.loading import preset
from tenure.warehouse.engines import open_engine
from tenure.warehouse.tables.declaration import Column

CATALOG = preset("broadband").catalog
PLANS = [*CATALOG.plans, "legacy_50"]


def use(usage_gb_30: float | None, slow_evenings_30: int | None = 0) -> dict[str, Any]:
    return {"usage_gb_30": usage_gb_30, "slow_evenings_30": slow_evenings_30}


@pytest.mark.parametrize(
    ("plan", "features", "fit", "better"),
    [
        ("home_100", use(180), Fit.TOO_SMALL, "home_300"),
        ("home_100", use(179), Fit.FITS, "home_100"),
        ("home_100", use(1), Fit.FITS, "home_100"),
        ("home_300", use(320), Fit.TOO_SMALL, "home_1000"),
        ("home_300", use(25), Fit.TOO_BIG, "home_100"),
        ("home_300", use(25, slow_evenings_30=1), Fit.FITS, "home_300"),
        ("home_1000", use(80), Fit.TOO_BIG, "home_300"),
        ("home_1000", use(5_000), Fit.FITS, "home_1000"),
        ("home_300", use(None, slow_evenings_30=None), Fit.FITS, "home_300"),
    ],
)
def test_the_plan_that_fits_how_it_is_used(
    plan: str, features: dict[str, Any], fit: Fit, better: str
) -> None:
    found = recommend(CATALOG, plan, features=features)

    assert found is not None
    assert (found.fit, found.plan) == (fit, better)


def test_the_reason_names_the_use_and_both_plans() -> None:
    found = recommend(CATALOG, "home_100", features=use(240))

    assert found is not None
    assert found.reason.zh == "“基础版 100M”偏小：近 30 天流量不少于 180 GB；建议“进阶版 300M”"
    assert found.reason.en == (
        "“Basic 100M” is too small: traffic in 30 days is at least 180 GB; “Plus 300M” suits better"
    )
    assert found.used == {"usage_gb_30": 240}


def test_a_plan_that_is_not_on_sale_gets_no_recommendation() -> None:
    assert recommend(CATALOG, "legacy_50", features=use(500)) is None


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(PLANS),
            st.one_of(st.none(), st.floats(0, 500)),
            st.one_of(st.none(), st.integers(0, 3)),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_both_readings_say_the_same(rows: list[tuple[Any, ...]]) -> None:
    columns = [
        Column("plan_code", "string"),
        Column("usage_gb_30", "float64"),
        Column("slow_evenings_30", "int64"),
    ]
    with open_engine("duckdb", threads=1) as engine:
        frame = with_fit(engine.literal(rows, columns=columns), CATALOG)
        everyone = engine.collect(frame)["plan_fit"].to_pylist()

    one_by_one = [recommend(CATALOG, plan, features=use(gb, slow)) for plan, gb, slow in rows]
    assert everyone == [None if one is None else str(one.fit) for one in one_by_one]
