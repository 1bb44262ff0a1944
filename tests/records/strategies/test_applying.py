"""A strategy is applied, stored whole, and rebuilt without its files."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tenure.kernel.money import Money
from tenure.records.catalog.models import Plan, PlanVersion
from tenure.records.catalog.queries import prices, versions_in_force
from tenure.records.experiments.models import Experiment
from tenure.records.experiments.rules import HoldoutSaltChanged
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply
from tenure.records.strategies.models import Revision
from tenure.records.strategies.queries import (
    NoStrategy,
    UnknownRevision,
    by_hash,
    current,
    history,
)
from tenure.strategy.loading import PRESETS, load
from tenure.strategy.reading import StrategyError
from tests.builders import AS_OF, AT

MINUTE = timedelta(minutes=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the broadband strategy that a test may edit."""
    return shutil.copytree(PRESETS / "broadband", tmp_path / "broadband")


def edit(folder: Path, file: str, *, old: str, new: str) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))


def test_what_was_applied_is_rebuilt_without_the_files(either_database: str, folder: Path) -> None:
    loaded = load(folder)

    revision = apply(folder, by="user:1", at=AT)
    shutil.rmtree(folder)
    by_hash.cache_clear()
    rebuilt = current()

    assert (revision.content_hash, revision.applied_by) == (loaded.hash, "user:1")
    assert rebuilt == loaded
    assert rebuilt.dated == loaded.dated
    assert list(rebuilt.tags) == list(loaded.tags)
    assert list(rebuilt.reasons) == list(loaded.reasons)
    assert list(rebuilt.journeys) == list(loaded.journeys)
    assert by_hash(loaded.hash) is rebuilt


def test_applying_again_changes_nothing(either_database: str, folder: Path) -> None:
    apply(folder, by="user:1", at=AT)
    before = Entry.objects.count()

    again = apply(folder, by="user:2", at=AT + MINUTE)

    assert (again.applied_by, again.applied_at) == ("user:1", AT)
    assert Revision.objects.count() == 1
    assert Entry.objects.count() == before


def test_the_catalogue_is_written_from_the_strategy(either_database: str, folder: Path) -> None:
    """CAT-01: three tiers, each with a price for each cycle; a month costs 10 % more."""
    apply(folder, by="user:1", at=AT)

    on_sale = versions_in_force(on=AS_OF)

    assert sorted(on_sale) == ["home_100", "home_1000", "home_300"]
    assert prices(on_sale["home_300"].pk, currency="CNY") == {
        1: Money(7_590, "CNY"),
        3: Money(21_735, "CNY"),
        12: Money(82_800, "CNY"),
        24: Money(165_600, "CNY"),
    }
    assert on_sale["home_300"].lapse_policy["steps"][1] == {
        "day": 15,
        "access": "limited",
        "effect": {"zh": "网速降为 2 Mbps", "en": "speed falls to 2 Mbps"},
        "data_kept_days": None,
    }
    assert Plan.objects.get(code="home_1000").tier_rank == 3


def test_a_changed_price_is_a_new_version_of_that_plan_only(
    either_database: str, folder: Path
) -> None:
    apply(folder, by="user:1", at=AT)
    edit(folder, "catalog.toml", old='base_price = "69.00 CNY"', new='base_price = "72.00 CNY"')

    apply(folder, by="user:1", at=AT + MINUTE)

    counts = {
        plan.code: PlanVersion.objects.filter(plan=plan).count() for plan in Plan.objects.all()
    }
    assert counts == {"home_100": 1, "home_300": 2, "home_1000": 1}
    newest = versions_in_force(on=AS_OF)["home_300"]
    assert (newest.version, newest.effective_on) == (2, AS_OF)
    assert prices(newest.pk, currency="CNY")[12] == Money(86_400, "CNY")


def test_an_older_strategy_applied_again_is_current_again(
    either_database: str, folder: Path
) -> None:
    first = apply(folder, by="user:1", at=AT)
    edit(folder, "business.toml", old="grace_days = 15", new="grace_days = 10")
    second = apply(folder, by="user:1", at=AT + MINUTE)
    edit(folder, "business.toml", old="grace_days = 10", new="grace_days = 15")

    third = apply(folder, by="user:1", at=AT + 2 * MINUTE)

    assert third.pk == first.pk
    assert current().business.grace_days == 15
    assert by_hash(second.content_hash).business.grace_days == 10
    assert [one.pk for one in history()] == [first.pk, second.pk]
    assert Entry.objects.filter(kind="strategy.applied").count() == 3


def test_a_mistake_in_a_file_changes_nothing(either_database: str, folder: Path) -> None:
    edit(folder, "business.toml", old="grace_days", new="grace_dayz")

    with pytest.raises(StrategyError, match="grace_days"):
        apply(folder, by="user:1", at=AT)

    assert Revision.objects.count() == 0
    assert Plan.objects.count() == 0
    assert Entry.objects.count() == 0


def test_a_wider_holdout_changes_its_arms_and_a_new_salt_is_refused(
    either_database: str, folder: Path
) -> None:
    apply(folder, by="user:1", at=AT)
    edit(folder, "experiments.toml", old='holdout = "5 %"', new='holdout = "8 %"')
    apply(folder, by="user:1", at=AT + MINUTE)
    edit(folder, "experiments.toml", old='"holdout-1"', new='"holdout-2"')

    with pytest.raises(HoldoutSaltChanged) as refused:
        apply(folder, by="user:1", at=AT + 2 * MINUTE)

    assert "from “holdout-1” to “holdout-2”" in refused.value.sentence("en")
    assert Experiment.objects.get().arms == {"holdout": 800, "treated": 9_200}
    assert Revision.objects.count() == 2
    assert current().experiments.holdout_salt == "holdout-1"


def test_nothing_is_decided_without_a_strategy(db: None) -> None:
    with pytest.raises(NoStrategy):
        current()


def test_an_unknown_hash_is_refused(db: None) -> None:
    with pytest.raises(UnknownRevision, match="f00d"):
        by_hash("f00d")
