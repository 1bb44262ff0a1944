"""Whatever a person reads exists in Chinese and in English."""

import ast
from collections import Counter
from collections.abc import Iterator
from string import Formatter

import polib
import pytest

from tests.house.sources import Source, last_name, nodes, product_sources, source_of
from tools.catalogues import (
    HAN,
    LANGUAGES,
    catalogue_of,
    messages_of_sources,
    needs_text,
)


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def missing_texts(language: str) -> list[str]:
    """Texts of the sources that a catalogue does not hold in its own language."""
    catalogue = {(entry.msgid, entry.msgctxt): entry for entry in catalogue_of(language)}
    return [
        msgid
        for msgid, context in messages_of_sources()
        if needs_text(msgid, language=language)
        and not is_translated(catalogue.get((msgid, context)))
    ]


def is_translated(entry: polib.POEntry | None) -> bool:
    return entry is not None and not entry.obsolete and entry.translated()


def half_sentences(source: Source) -> Iterator[str]:
    """Sentences whose Chinese or English is absent, empty, foreign or about something else."""
    for node in nodes(source.tree):
        if not isinstance(node, ast.Call) or last_name(node.func) != "Sentence":
            continue
        given = dict(zip(("zh", "en"), node.args, strict=False))
        given |= {str(one.arg): one.value for one in node.keywords}
        if set(given) != {"zh", "en"}:
            yield f"{source.at(node)} needs zh and en"
            continue
        zh, en = given["zh"], given["en"]
        if isinstance(zh, ast.Constant) and isinstance(en, ast.Constant):
            yield from (f"{source.at(node)} {fault}" for fault in faults(zh.value, en.value))


def faults(zh: object, en: object) -> Iterator[str]:
    zh, en = str(zh), str(en)
    # Chinese counts with measure words ("3 次"), for which English has none.
    if bool(zh) != bool(en) and len(zh) != 1:
        yield "is empty in one language"
    if HAN.search(en):
        yield "has Chinese in its English"
    if zh and en and fields_of(zh) != fields_of(en):
        yield "fills different fields"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_pages_is_translated(language: str) -> None:
    assert missing_texts(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_catalogue_holds_fuzzy_texts_or_other_placeholders(language: str) -> None:
    entries = [entry for entry in catalogue_of(language) if entry.translated()]
    faulty = [
        entry.msgid
        for entry in entries
        if not entry.msgid_plural
        and sorted(placeholders(entry.msgid)) != sorted(placeholders(entry.msgstr))
    ]

    assert [entry.msgid for entry in catalogue_of(language).fuzzy_entries()] == []
    assert faulty == []


def placeholders(text: str) -> list[str]:
    """The names that Python or Django fills in: `%(name)s`."""
    return [part.partition(")")[0] for part in text.split("%(")[1:]]


def test_every_sentence_says_the_same_in_both_languages() -> None:
    assert [line for source in product_sources() for line in half_sentences(source)] == []


def test_half_a_sentence_is_found() -> None:
    text = (
        'Sentence(zh="好", en="Good")\nSentence(zh="好的", en="")\n'
        'Sentence(zh="{a}好", en="{b} good")\n'
        'Sentence(zh="好")\nSentence(zh="好", en="好")\n'
    )

    assert list(half_sentences(source_of(text, path="a.py"))) == [
        "a.py:2 is empty in one language",
        "a.py:3 fills different fields",
        "a.py:4 needs zh and en",
        "a.py:5 has Chinese in its English",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_each_text_once(language: str) -> None:
    """Of two entries for one text, which one is read would be chance."""
    texts = Counter((entry.msgid, entry.msgctxt) for entry in catalogue_of(language))

    assert [text for text, count in texts.items() if count > 1] == []
