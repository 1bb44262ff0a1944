"""Add-ons, meters, seats and pauses in catalog.toml, and what is worth a second look."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tenure.kernel.money import Money
from tenure.strategy.catalog import NotSold
from tenure.strategy.components import MeterModel
from tenure.strategy.linting import annual_saving, warnings
from tenure.strategy.loading import PRESETS, load, preset, preset_names
from tenure.strategy.reading import StrategyError


def edited(folder: Path, *, preset_name: str, old: str, new: str) -> Path:
    made = folder / preset_name
    shutil.copytree(PRESETS / preset_name, made)
    file = made / "catalog.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return made


def test_add_ons_cost_a_cycle_with_its_premium() -> None:
    """CAT-03: 15.00 a month; by the month 10 % more, by the quarter 5 % more."""
    catalog = preset("broadband").catalog

    found = [catalog.add_on_price("mesh_wifi", months=months) for months in (1, 3, 12)]

    assert found == [Money(1_650, "CNY"), Money(4_725, "CNY"), Money(18_000, "CNY")]
    assert catalog.add_ons["cloud_200"].plans == {"home_100", "home_300"}
    with pytest.raises(NotSold, match="the nearest is “mesh_wifi”"):
        catalog.add_on_price("mesh_wify", months=1)


def test_quarterly_is_sold_between_the_month_and_the_year() -> None:
    """BIL-01."""
    catalog = preset("broadband").catalog

    per_month = [
        catalog.price("home_300", months=months).amount_minor / months for months in (1, 3, 12)
    ]

    assert per_month == [7_590, 7_245, 6_900]


def test_meters_and_seats_of_a_saas_company() -> None:
    """BIL-04, BIL-05."""
    catalog = preset("saas").catalog

    assert catalog.meters["storage"].model is MeterModel.PACKAGE
    assert [one.up_to for one in catalog.meters["api_calls"].tiers] == [100_000, 1_000_000, None]
    off = [catalog.seats_off(seats) for seats in (1, 19, 20, 99, 100)]
    assert off == [0, 0, Decimal("0.05"), Decimal("0.05"), Decimal("0.1")]


def test_what_is_not_said_has_its_default() -> None:
    """BIL-01: the month costs 10 % more unless the catalogue says otherwise."""
    catalog = preset("small_business").catalog

    assert catalog.cycles[1].premium_share == Decimal("0.10")
    assert (catalog.pause.most_days, catalog.read_only_days) == (90, 90)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('monthly_cost = "0.40 USD"', 'mothly_cost = "0.40 USD"', "monthly_cost"),
        ('plans = ["pro", "enterprise"]', 'plans = ["pr", "enterprise"]', "the nearest is “pro”"),
        ("up_to = 1000000", "up_to = 1000", "must be more than the 100000 before it"),
        ("from = 100\n", "from = 10\n", "must be more than the 20 before it"),
        ('model = "tier"', 'model = "teir"', "the nearest is “tier”"),
        ('price = "5.00 USD"', 'price = "5.00 CNY"', "must be in USD"),
    ],
)
def test_a_mistake_is_refused_where_it_stands(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    folder = edited(tmp_path, preset_name="saas", old=old, new=new)

    with pytest.raises(StrategyError, match=message):
        load(folder)


@pytest.mark.parametrize("name", preset_names())
def test_no_ready_strategy_needs_a_second_look(name: str) -> None:
    """BIL-03: a year in advance saves 15 to 20 % in each of them."""
    assert warnings(preset(name)) == ()


def test_a_yearly_discount_outside_the_band_is_worth_a_second_look(tmp_path: Path) -> None:
    """BIL-03: without the monthly premium the ladder's 10 % is too little."""
    folder = edited(
        tmp_path,
        preset_name="broadband",
        old='premium = "10 %"',
        new='premium = "0 %"',
    )

    strategy = load(folder)

    assert annual_saving(strategy.catalog, "home_300") == Decimal("0.100")
    found = warnings(strategy)
    assert len(found) == 3
    assert "saves 10 % against the month, which is outside 15 % to 20 %" in found[0].en
