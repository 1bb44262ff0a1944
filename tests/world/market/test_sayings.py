"""Tickets of a sample business speak of many things, in both languages, and the same each time."""

from collections import Counter

import numpy as np
import pytest

from tenure.strategy.loading import preset
from tenure.understand.voice.taxonomy import Taxonomy
from tenure.world.market.business import BUSINESSES
from tenure.world.market.sayings import SPEECH, subjects
from tenure.world.market.trouble import TICKET_KINDS

COUNT = 600


def said(code: str, *, kinds: list[str] | None = None) -> list[str]:
    who = np.arange(COUNT) // 2
    lots = np.random.default_rng(0).choice(TICKET_KINDS, COUNT, p=[0.46, 0.14, 0.13, 0.24, 0.03])
    told = kinds or lots.tolist()
    share = BUSINESSES[code].english_share
    return list(subjects(code, told, who=who, opened=who * 7 + np.arange(COUNT) % 2,
                         english_share=share))  # fmt: skip


@pytest.mark.parametrize("code", sorted(BUSINESSES))
def test_tickets_differ_and_stay_the_same(code: str) -> None:
    texts = said(code)

    assert texts == said(code)
    assert len(set(texts)) > 60
    assert max(Counter(texts).values()) < COUNT / 15
    assert not any("{" in text or len(text) > 120 for text in texts)
    english = sum(text.isascii() for text in texts) / COUNT
    assert english == pytest.approx(BUSINESSES[code].english_share, abs=0.06)


@pytest.mark.parametrize("code", sorted(SPEECH))
def test_every_kind_has_words_in_either_language(code: str) -> None:
    for speech in (SPEECH[code].zh, SPEECH[code].en):
        assert set(speech) == set(TICKET_KINDS)
        assert all(matter and all(matter) for matters in speech.values() for matter in matters)


def test_the_operators_topics_find_what_households_write() -> None:
    """FBK-01, FBK-02: ten topics and more have tickets, and hardly a fault is about nothing."""
    taxonomy = Taxonomy(preset("broadband").topics)
    faults = said("broadband", kinds=["fault"] * COUNT)

    found = Counter(taxonomy.topic_of(text) for text in said("broadband"))

    assert len(set(found) - {""}) >= 10
    assert sum(not taxonomy.topic_of(text) for text in faults) < COUNT / 10
