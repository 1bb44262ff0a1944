"""A strategy is read whole or not at all, is named by its content, and keeps its past (TOP-18)."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from tenure.kernel.failures import Refusal
from tenure.strategy.content import document_of
from tenure.strategy.loading import PRESETS, SECTIONS, build, load, preset, preset_names
from tenure.strategy.reading import StrategyError
from tenure.strategy.sections import NotYetInForce


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the broadband files, free to be changed."""
    return Path(shutil.copytree(PRESETS / "broadband", tmp_path / "mine"))


def rewrite(path: Path, *, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_shipped_strategies_are_these() -> None:
    assert preset_names() == ("broadband", "membership", "saas", "small_business")


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_loads_in_both_languages(name: str) -> None:
    """STD-09: whatever has a name has it twice."""
    strategy = preset(name)

    named = [
        strategy.business.name,
        *(plan.name for plan in strategy.catalog.plans.values()),
        *(tag.name for tag in strategy.tags.values()),
        *(offer.name for offer in strategy.offers.values()),
        *(journey.name for journey in strategy.journeys.values()),
        *(reason.name for reason in strategy.reasons.values()),
        *(part.name for part in strategy.health.components),
    ]
    assert all(one.zh.strip() and one.en.strip() for one in named)
    assert len(strategy.hash) == 64
    assert strategy.hash.startswith(strategy.short_hash)


def test_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(Refusal, match="broadband"):
        preset("brodband")


def test_stored_document_gives_the_same_strategy_again() -> None:
    strategy = preset("broadband")

    stored = json.loads(json.dumps(strategy.document))
    again = build(stored)

    assert again.hash == strategy.hash
    assert again.offers == strategy.offers
    assert list(again.tags) == list(strategy.tags)


def test_hash_ignores_comments_layout_and_the_order_of_keys(folder: Path) -> None:
    before = load(folder).hash
    path = folder / "experiments.toml"
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    path.write_text("# Other words.\n\n" + "\n\n".join(reversed(lines)) + "   \n")

    assert load(folder).hash == before


def test_hash_changes_with_a_value_and_with_a_text(folder: Path) -> None:
    hashes = {load(folder).hash}

    rewrite(folder / "experiments.toml", old='holdout = "5 %"', new='holdout = "6 %"')
    hashes.add(load(folder).hash)
    letter = folder / "messages" / "ends_soon.email.en.liquid"
    rewrite(letter, old="there is nothing to do", new="nothing needs to be done")
    hashes.add(load(folder).hash)

    assert len(hashes) == 3


def test_line_ends_of_another_system_change_nothing(folder: Path) -> None:
    before = load(folder).hash
    for path in [*folder.glob("*.toml"), *folder.glob("messages/*.liquid")]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert load(folder).hash == before


def test_dated_sections_keep_the_past(folder: Path) -> None:
    later = folder / "guardrails.2026-07.toml"
    shutil.copy(folder / "guardrails.toml", later)
    rewrite(later, old="effective_on = 2000-01-01", new="effective_on = 2026-07-01")
    rewrite(later, old='max_discount = "20 %"', new='max_discount = "12 %"')
    # The example of what is just allowed moves with the limit.
    rewrite(later, old='discount_share = "20 %"', new='discount_share = "12 %"')

    strategy = load(folder)

    shares = [
        str(strategy.at(day).guardrails.max_discount_share)
        for day in (date(2026, 6, 30), date(2026, 7, 1))
    ]
    assert shares == ["0.20", "0.12"]
    assert str(strategy.guardrails.max_discount_share) == "0.12"
    assert strategy.at(date(2026, 6, 30)).hash == strategy.hash
    assert strategy.at(date(2026, 7, 1)).form("guardrails").file == "guardrails.2026-07.toml"
    assert strategy.at(date(2026, 7, 1)).offers == strategy.offers


def test_two_forms_of_one_day_are_refused(folder: Path) -> None:
    shutil.copy(folder / "tags.toml", folder / "tags.again.toml")

    with pytest.raises(StrategyError) as refused:
        load(folder)

    assert refused.value.data["path"] == "effective_on"
    assert "begins on the same day as" in str(refused.value)
    assert "生效日相同" in refused.value.sentence("zh")


def test_sections_must_agree_on_every_day_of_a_change(folder: Path) -> None:
    """A ladder changed from July while the offers stay: refused, though today's forms agree."""
    early = folder / "catalog.toml"
    late = folder / "catalog.2026-07.toml"
    shutil.copy(early, late)
    rewrite(late, old="effective_on = 2000-01-01", new="effective_on = 2026-07-01")
    rewrite(early, old='off = "10 %"', new='off = "11 %"')

    with pytest.raises(StrategyError, match="differs from the 11 % that the catalogue's ladder"):
        load(folder)


def test_day_before_every_form_is_refused() -> None:
    strategy = preset("broadband").at(date(1999, 12, 31))

    with pytest.raises(NotYetInForce) as refused:
        _ = strategy.tags

    assert "On 1999-12-31 no rules of “tags” were in force" in str(refused.value)
    assert "effective_on" in refused.value.sentence("zh")


def test_misspelt_file_names_the_nearest_section(folder: Path) -> None:
    (folder / "jorneys.toml").write_text("effective_on = 2000-01-01\n")

    with pytest.raises(StrategyError) as refused:
        load(folder)

    assert refused.value.data["file"] == "jorneys.toml"
    assert "the nearest is “journeys”" in str(refused.value)


def test_broken_toml_is_refused_with_its_line(folder: Path) -> None:
    (folder / "tags.toml").write_text("effective_on = 2000-01-01\n[[tag]\n")

    with pytest.raises(StrategyError, match=r"tags\.toml.*not valid TOML.*line 2"):
        load(folder)


def test_file_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / "business.toml").write_bytes('name = "澜江"'.encode("gbk"))

    with pytest.raises(StrategyError) as refused:
        load(folder)

    assert "is not UTF-8 text (byte 9); save it as UTF-8" in str(refused.value)
    assert "请另存为 UTF-8" in refused.value.sentence("zh")


def test_file_with_a_byte_order_mark_is_read(folder: Path) -> None:
    before = load(folder).hash
    path = folder / "business.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert load(folder).hash == before


def test_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StrategyError, match=r"no \.toml file in it"):
        load(tmp_path / "absent")


def test_instant_in_place_of_a_day_is_refused(folder: Path) -> None:
    rewrite(
        folder / "tags.toml",
        old="effective_on = 2000-01-01",
        new="effective_on = 2000-01-01T08:00:00Z",
    )

    with pytest.raises(StrategyError, match="give a date or a time of day, not an instant"):
        load(folder)


def test_document_holds_every_section_and_every_text() -> None:
    document = document_of(PRESETS / "broadband")

    assert {name.partition(".")[0] for name in document["files"]} == SECTIONS - {"library"}
    assert "messages/value_review.email.zh-Hans.liquid" in document["texts"]
