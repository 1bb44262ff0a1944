"""L2, R-A-082: pressing words are found, fair ones are left alone, and no strategy may press."""

from pathlib import Path

import pytest

from tenure.strategy.loading import build, preset, preset_names
from tenure.strategy.persuasion import Pressure, pressing
from tenure.strategy.reading import StrategyError
from tests.strategy.documents import a_document, at

WORDING = Path(__file__).parent / "wording"


def sentences(name: str) -> list[str]:
    """Sixty sentences, one a line, half of them Chinese."""
    return (WORDING / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def test_the_list_of_forbidden_words_is_found() -> None:
    """L2: at least 95 % of sixty pressing sentences in two languages."""
    forbidden = sentences("pressing")

    missed = [text for text in forbidden if not pressing(text)]

    assert len(forbidden) == 60
    assert len(missed) <= 3, missed
    assert {one.kind for text in forbidden for one in pressing(text)} == set(Pressure)


def test_fair_words_are_left_alone() -> None:
    """L2: at most 5 % of sixty sentences that state facts; none of those that ship."""
    fair = sentences("fair")

    accused = [(text, pressing(text)) for text in fair if pressing(text)]

    assert len(fair) == 60
    assert len(accused) <= 3, accused
    # Loading refuses what presses: all that ships has passed.
    assert [preset(name).hash for name in preset_names()]


def test_a_strategy_that_presses_is_refused_with_the_phrase() -> None:
    """Not a warning: nothing of it is loaded, and the sentence names phrase and reason."""
    document = a_document()
    save = at(document, ("saves.toml", "save", 0))
    save["text"] = {"zh": "最后机会，留下吧", "en": "Stay with us"}

    with pytest.raises(StrategyError) as refused:
        build(document)

    assert str(refused.value.data["path"]).endswith(".text.zh-Hans")
    assert "最后机会" in refused.value.sentence("en")
    assert "hurries without a date" in refused.value.sentence("en")


def test_a_message_that_presses_is_refused_with_the_phrase() -> None:
    document = a_document()
    message = {
        "id": "greeting", "name": {"zh": "问候", "en": "Greeting"}, "class": "transactional",
        "purpose": "reminder", "sms": {"body": {"zh": "你好", "en": "Hurry, this ends soon!"}},
    }  # fmt: skip
    at(document, ("messages.toml", "message")).append(message)

    with pytest.raises(StrategyError) as refused:
        build(document)

    assert refused.value.data["path"] == "message[greeting].sms.body.en"
    assert "Hurry" in refused.value.sentence("en")
