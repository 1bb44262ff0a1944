"""A business to measure on: built once for a size, copied for whoever changes it."""

import shutil
import subprocess
import sys
from datetime import date, datetime, time
from pathlib import Path

UNTIL = date(2026, 6, 30)
SEED = 20260630
# The window of features is 90 days; an estimator learns from whole windows of the past.
EVENT_DAYS = 400
# A million customers leave a third of a million events a day: three past windows are enough there.
EVENT_DAYS_OF_MANY, MANY = 200, 500_000
EVENING = time(18)


def build(home: Path, *, customers: int, event_days: int = 0) -> None:
    """Records, catalogue, a market of so many customers and the last months of their events."""
    from tenure.kernel.clock import instant
    from tenure.records.strategies.actions import apply_strategy
    from tenure.records.tables import make_tables
    from tenure.strategy.loading import preset
    from tenure.world.market.actions import build as build_market
    from tenure.world.market.business import BUSINESSES
    from tenure.world.market.recipe import Recipe

    home.mkdir(parents=True, exist_ok=True)
    make_tables()
    strategy = preset("broadband")
    business = strategy.at(UNTIL).business
    at = now(business.zone)
    apply_strategy(strategy, by="benchmark", at=at)
    recipe = Recipe(
        business=BUSINESSES["broadband"],
        customers=customers,
        seed=SEED,
        until=UNTIL,
        rehearsed_days=0,
        zone=business.zone,
        currency=business.currency,
        country=business.country,
        grace_days=business.grace_days,
        event_days=event_days or (EVENT_DAYS if customers < MANY else EVENT_DAYS_OF_MANY),
    )
    build_market(
        recipe,
        strategy=strategy.at(UNTIL),
        at=instant(UNTIL, EVENING, zone=business.zone),
        told=lambda *_: None,
    )


def empty(home: Path, *, environment: dict[str, str]) -> Path:
    """A home with the tables of the records, and nobody in them."""
    home.mkdir(parents=True, exist_ok=True)
    code = (
        "import django; django.setup(); from tenure.records.tables import make_tables; "
        "make_tables()"
    )
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    return home


def now(zone: str) -> datetime:
    """The instant of every run measured here."""
    from tenure.kernel.clock import instant

    return instant(UNTIL, EVENING, zone=zone)


def copy_of(home: Path, name: str) -> Path:
    """A copy that a variant may change."""
    other = home.with_name(f"{home.name}-{name}")
    shutil.rmtree(other, ignore_errors=True)
    subprocess.run(["cp", "-a", str(home), str(other)], check=True)
    return other


def build_in_child(
    home: Path, *, customers: int, environment: dict[str, str], event_days: int = 0
) -> None:
    """Build in a process of its own, so that its memory is nobody's peak."""
    if (home / "built").exists():
        return
    code = (
        "import django; django.setup(); from pathlib import Path; "
        f"from benchmarks.ground import build; build(Path({str(home)!r}), customers={customers}, "
        f"event_days={event_days})"
    )
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    (home / "built").touch()
