"""R-A-082: every word on the way out is neutral, in both languages, also where no test looks."""

import re
from pathlib import Path

import polib
import pytest

from tenure.act.messages.own import CANCEL_CONFIRMED, CANCEL_UNFINISHED, template_of
from tenure.strategy.loading import preset, preset_names
from tenure.strategy.messages import Channel
from tenure.surfaces.portal.cancelling.words import RECEIVED, TERMINATION, WITHDRAWAL
from tests.surfaces.portal.fairness import SHAMING

SURFACES = Path("src/tenure/surfaces")
SAID = re.compile(r"{% translate [\"'](.+?)[\"'] %}|{% blocktranslate[^%]*%}(.+?){%", re.DOTALL)


def shaming(texts: list[str]) -> list[str]:
    return [one for one in texts if any(phrase in one.lower() for phrase in SHAMING)]


def msgids() -> list[str]:
    pages = (SURFACES / "templates/portal/cancelling").glob("*.html")
    found = [match for page in pages for match in SAID.findall(page.read_text(encoding="utf-8"))]
    return ["".join(one) for one in found]


def test_the_pages_are_neutral_in_both_languages() -> None:
    catalogue = polib.pofile(str(SURFACES / "locale/zh_Hans/LC_MESSAGES/django.po"))
    chinese = {entry.msgid: entry.msgstr for entry in catalogue}

    assert len(msgids()) > 30
    assert shaming(msgids()) == []
    assert shaming([chinese.get(one, "") for one in msgids()]) == []


@pytest.mark.parametrize("name", preset_names())
def test_offers_and_mails_are_neutral(name: str) -> None:
    strategy = preset(name)
    sentences = [
        said
        for save in strategy.saves.offers.values()
        for said in (save.name, save.text, save.published)
    ]
    for own in (CANCEL_CONFIRMED, CANCEL_UNFINISHED):
        template = template_of(own, strategy=strategy)
        assert template is not None
        rendering = template.renderings[Channel.EMAIL]
        sentences += [rendering.subject, rendering.body]

    assert shaming([text for one in sentences for text in (one.zh, one.en)]) == []


def test_the_public_pages_are_neutral() -> None:
    books = (TERMINATION, WITHDRAWAL, RECEIVED)
    texts = [text for book in books for words in book.values() for text in words.values()]

    assert shaming(texts) == []


def test_shaming_is_found() -> None:
    assert shaming(["Are you sure?", "真的要离开吗", "Confirm cancellation"]) == [
        "Are you sure?",
        "真的要离开吗",
    ]
