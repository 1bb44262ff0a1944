"""Our own papers never call themselves what only the tax platform issues (R-I-001)."""

from pathlib import Path

from tenure.act.documents import wording
from tenure.act.documents.typesetting import TEMPLATES
from tenure.kernel.failures import Sentence
from tenure.strategy.loading import PRESETS

RESERVED = ("发票", "發票", "fapiao")


def own_texts() -> dict[str, str]:
    """Everything that our own papers can print, apart from names and amounts."""
    files = [*TEMPLATES.glob("*.typ"), *PRESETS.glob("*/contracts/*.liquid")]
    files += [*PRESETS.glob("*/documents.toml"), *PRESETS.glob("*/contracts.toml")]
    files.append(Path(wording.__file__))
    return {str(path): path.read_text(encoding="utf-8") for path in files}


def reserved_words(texts: dict[str, str]) -> list[str]:
    return [name for name, text in texts.items() if any(one in text.lower() for one in RESERVED)]


def test_no_template_prints_the_reserved_word() -> None:
    assert reserved_words(own_texts()) == []


def test_the_lint_looks_at_what_is_printed_and_finds_the_word() -> None:
    names = {Path(name).name for name in own_texts()}

    assert {"paper.typ", "letterhead.typ", "wording.py", "documents.toml"} <= names
    assert reserved_words({"a": "增值税发票", "b": "收据"}) == ["a"]


def test_every_label_is_said_in_both_languages() -> None:
    """STD-09."""
    groups = (wording.TITLES, wording.LABELS, wording.NOTES, wording.METHODS)
    sentences = [one for group in groups for one in group.values()]

    assert all(isinstance(one, Sentence) and one.zh and one.en for one in sentences)
