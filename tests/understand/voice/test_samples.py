"""A page that compares days reads texts of all of them, also where it cannot read every text."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.strategy.loading import preset
from tenure.understand.voice import queries
from tenure.understand.voice.queries import (
    Wanted,
    counts_by_topic,
    matters,
    newest,
    rises,
    sampled,
)
from tenure.understand.voice.taxonomy import Taxonomy
from tests.builders import AT, a_term, a_ticket, an_account

ZONE = "Asia/Shanghai"
DAYS = 40
SINCE = AT.date() - timedelta(days=DAYS)
WANTED = Wanted(SINCE, SINCE + timedelta(days=DAYS))


@pytest.fixture
def texts(either_database: str) -> int:
    """One ticket a day about the speed, by one customer each."""
    for day in range(DAYS):
        account = an_account()
        a_term(account=account, cycle_months=12, price_minor=100_00)
        a_ticket(account=account, subject="网速太慢", opened_at=AT - timedelta(days=day + 1))
    return DAYS


def read() -> queries.Sample:
    return sampled(WANTED, taxonomy=Taxonomy(preset("broadband").topics), zone=ZONE)


def earlier(sample: queries.Sample) -> dict[str, int]:
    halfway = SINCE + timedelta(days=DAYS // 2)
    return counts_by_topic(one for one in sample.said if one.said_on < halfway)


def test_few_texts_are_read_whole(texts: int) -> None:
    sample = read()

    assert sample.is_whole
    assert (len(sample.said), sample.count) == (texts, texts)


@pytest.mark.parametrize("most", [10, 7, 39])
def test_a_sample_lies_evenly_over_the_days_and_stands_for_all(
    texts: int, most: int, monkeypatch: Any
) -> None:
    """FBK-02: the newest alone would say that every topic rises."""
    monkeypatch.setattr(queries, "MOST_OF_A_KIND", most)
    sample = read()
    found = matters(sample.said, earlier=earlier(sample), currency="CNY")[0]

    assert (len(sample.said), sample.is_whole, sample.count) == (most, False, texts)
    days = sorted(one.said_on for one in sample.said)
    gaps = {(after - before).days for before, after in pairwise(days)}
    assert max(gaps) <= -(-texts // most)
    assert (found.texts, found.customers, found.revenue_minor) == (texts, texts, texts * 100_00)
    assert abs(found.before - texts / 2) <= texts / most


@pytest.mark.parametrize(
    ("before", "after", "each", "told"),
    [(100, 101, 1, False), (100, 128, 1, False), (100, 131, 1, True), (100, 131, 4, False),
     (0, 1, 1, False), (0, 5, 1, True)],
)  # fmt: skip
def test_a_topic_rises_only_beyond_noise(before: int, after: int, each: float, told: bool) -> None:
    assert rises(before, after, each=each) is told


@pytest.mark.parametrize("most", [2_000, 10])
def test_the_list_of_a_sample_is_what_was_heard_last(
    texts: int, most: int, monkeypatch: Any
) -> None:
    everything = read().said
    monkeypatch.setattr(queries, "MOST_OF_A_KIND", most)
    taxonomy = Taxonomy(preset("broadband").topics)

    with CaptureQueriesContext(connection) as asked:
        listed = newest(read(), WANTED, taxonomy=taxonomy, zone=ZONE)

    assert listed == list(everything[:most])
    assert len(asked) == (5 if most > texts else 6)
