"""SEG-05: a segment is saved with versions that never change, each in the journal."""

from dataclasses import replace

import pytest

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.journal.models import Entry
from tenure.records.segments.actions import Draft, archive, save
from tenure.records.segments.models import SegmentVersion
from tenure.records.segments.queries import saved, versions_of
from tenure.records.segments.rules import BadSegmentName, NameOfStrategy, TooManySegments
from tests.builders import AS_OF, AT

DRAFT = Draft(
    id="night_owls",
    name=Sentence(zh="夜猫子", en="night owls"),
    rule={"all": [{"feature": "slow_evenings_30", "op": ">=", "value": 3}]},
    digest="aaaa",
    customers=12,
    ready=("high_value",),
)

pytestmark = pytest.mark.django_db


def test_each_new_rule_is_a_version_and_the_same_rule_is_none() -> None:
    first = save(DRAFT, on=AS_OF, at=AT, by="user:7")
    again = save(DRAFT, on=AS_OF, at=AT, by="user:7")
    second = save(replace(DRAFT, rule={"all": []}, digest="bbbb"), on=AS_OF, at=AT, by="user:8")

    assert (first.number, again.pk, second.number) == (1, first.pk, 2)
    assert [(one.number, one.digest) for one in versions_of("night_owls")] == [
        (2, "bbbb"),
        (1, "aaaa"),
    ]
    assert [(one.id, one.number, one.name.en) for one in saved()] == [
        ("night_owls", 2, "night owls")
    ]
    entries = Entry.objects.filter(kind="segment.saved").order_by("pk")
    assert [(one.actor, one.content["version"]) for one in entries] == [
        ("user:7", 1),
        ("user:8", 2),
    ]


def test_an_archived_segment_leaves_the_list_and_keeps_its_versions() -> None:
    save(DRAFT, on=AS_OF, at=AT, by="user:7")

    assert archive("night_owls", on=AS_OF, at=AT, by="user:7")
    assert not archive("night_owls", on=AS_OF, at=AT, by="user:7")

    assert saved() == []
    assert len(versions_of("night_owls")) == 1
    assert Entry.objects.filter(kind="segment.archived").count() == 1


@pytest.mark.parametrize(
    ("name", "refusal"), [("Night Owls", BadSegmentName), ("high_value", NameOfStrategy)]
)
def test_an_id_that_cannot_be_one_is_refused(name: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        save(replace(DRAFT, id=name), on=AS_OF, at=AT, by="user:7")

    assert SegmentVersion.objects.count() == 0


def test_there_is_room_for_as_many_as_a_mask_has_bits() -> None:
    for number in range(23):
        save(replace(DRAFT, id=f"s{number}"), on=AS_OF, at=AT, by="user:7")

    with pytest.raises(TooManySegments):
        save(DRAFT, on=AS_OF, at=AT, by="user:7")
