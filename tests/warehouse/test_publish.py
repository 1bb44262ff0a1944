"""Results of a set become rows, once."""

import json
from datetime import UTC, date, datetime

import pytest

from tenure.kernel.clock import to_us
from tenure.kernel.periods import day_number
from tenure.records.customers.models import Account, Person
from tenure.records.feedback.models import Answer
from tenure.records.journal.models import Entry
from tenure.warehouse.engines import open_engine
from tenure.warehouse.publish import publish_changes, publish_entries, publish_rows
from tenure.warehouse.tables.declaration import Column
from tests.warehouse.businesses import KNOWN, an_account

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
ON = date(2026, 5, 31)


def test_rows_are_inserted_once_with_days_instants_and_flags() -> None:
    account = an_account()
    columns = ["account_id", "source", "external_id", "survey", "score", "answered_on"]
    row = [account.pk, "app", "n1", "nps", 9, day_number(ON), to_us(KNOWN)]
    with open_engine(threads=1) as engine:
        frame = engine.literal([row], columns=[*columns, "recorded_at"])
        added = [
            publish_rows(frame, Answer, columns=[*columns, "recorded_at"], engine=engine)
            for _ in range(2)
        ]
        people = engine.literal(
            [(account.pk, "p1", "Li", 0, '["email"]')],
            columns=["account_id", "external_id", "name", "is_primary", "preferred_channels"],
        )
        publish_rows(
            people,
            Person,
            columns=["account_id", "external_id", "name", "is_primary", "preferred_channels"],
            engine=engine,
        )

    assert added == [1, 0]
    answer = Answer.objects.get()
    assert (answer.score, answer.answered_on, answer.recorded_at) == (9, ON, KNOWN)
    person = Person.objects.get()
    assert (person.is_primary, person.preferred_channels, person.language) == (
        False,
        ["email"],
        "zh-Hans",
    )


def test_changes_are_set_by_key() -> None:
    first, second = an_account(1), an_account(2)
    with open_engine(threads=1) as engine:
        frame = engine.literal([(second.pk, "north")], columns=["id", "region"])
        changed = publish_changes(frame, Account, columns=["region"], engine=engine)

    assert changed == 1
    assert Account.objects.get(pk=second.pk).region == "north"
    assert Account.objects.get(pk=first.pk).region == first.region


def test_an_entry_with_the_same_key_is_written_once() -> None:
    account = an_account()
    columns = (
        Column("account_id", "int64"),
        Column("term_id", "int64"),
        Column("kind", "string"),
        Column("content", "string"),
        Column("once_key", "string"),
    )
    rows = [
        (account.pk, None, "tag.entered", json.dumps({"tag": "silent"}), f"tag:silent:{number}")
        for number in (1, 2)
    ]
    with open_engine(threads=1) as engine:
        first = engine.literal(rows[:1], columns=columns)
        both = engine.literal(rows, columns=columns)
        added = [
            publish_entries(frame, engine=engine, on=ON, at=AT, by="loop")
            for frame in (first, both, both)
        ]

    assert added == [1, 1, 0]
    entry = Entry.objects.get(once_key="tag:silent:1")
    assert (entry.content, entry.on, entry.at, entry.actor) == ({"tag": "silent"}, ON, AT, "loop")
