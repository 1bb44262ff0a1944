"""Save a segment, and archive it; the journal keeps each rule that ever was."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenure.kernel.failures import Sentence
from tenure.records.journal.actions import Fact, append
from tenure.records.segments.models import SavedSegment, SegmentVersion
from tenure.records.segments.rules import MOST_SAVED, TooManySegments, check_name


@dataclass(frozen=True, slots=True)
class Draft:
    """A segment as somebody wants it saved; `ready` are the ids that the strategy uses."""

    id: str
    name: Sentence
    rule: Mapping[str, Any]
    digest: str
    customers: int | None = None
    ready: Collection[str] = field(default_factory=frozenset)


@transaction.atomic
def save(draft: Draft, *, on: date, at: datetime, by: str) -> SegmentVersion:
    """A new version of a segment, or its newest where that says the same (SEG-05).

    Raises:
        BadSegmentName, NameOfStrategy, TooManySegments.
    """
    check_name(draft.id, ready=draft.ready)
    segment = _segment(draft, at=at, by=by)
    newest = SegmentVersion.objects.filter(segment=segment).order_by("-number").first()
    renamed = _rename(segment, draft.name)
    if newest is not None and newest.digest == draft.digest and not renamed:
        return newest
    if newest is None or newest.digest != draft.digest:
        newest = SegmentVersion.objects.create(
            segment=segment,
            number=1 if newest is None else newest.number + 1,
            rule=draft.rule,
            digest=draft.digest,
            saved_at=at,
            saved_by=by,
            customers=draft.customers,
            counted_on=None if draft.customers is None else on,
        )
    content = {
        "segment": draft.id,
        "name": {"zh": draft.name.zh, "en": draft.name.en},
        "version": newest.number,
        "digest": newest.digest,
        "rule": newest.rule,
    }
    append(Fact("segment.saved", on=on, content=content), at=at, by=by)
    return newest


def _segment(draft: Draft, *, at: datetime, by: str) -> SavedSegment:
    segment = SavedSegment.objects.select_for_update().filter(name=draft.id).first()
    if segment is not None and segment.archived_at is None:
        return segment
    _refuse_more()
    if segment is None:
        return SavedSegment.objects.create(
            name=draft.id,
            name_zh=draft.name.zh,
            name_en=draft.name.en,
            created_at=at,
            created_by=by,
        )
    segment.archived_at = None
    segment.save(update_fields=["archived_at"])
    return segment


def _rename(segment: SavedSegment, name: Sentence) -> bool:
    if segment.said == name:
        return False
    segment.name_zh, segment.name_en = name.zh, name.en
    segment.save(update_fields=["name_zh", "name_en"])
    return True


@transaction.atomic
def archive(name: str, *, on: date, at: datetime, by: str) -> bool:
    """Take a saved segment out of every list; its versions stay. False where it was not there."""
    segment = (
        SavedSegment.objects.select_for_update().filter(name=name, archived_at__isnull=True).first()
    )
    if segment is None:
        return False
    segment.archived_at = at
    segment.save(update_fields=["archived_at"])
    append(Fact("segment.archived", on=on, content={"segment": name}), at=at, by=by)
    return True


@transaction.atomic
def bring_back(name: str, *, on: date, at: datetime, by: str) -> bool:
    """Undo an archiving (R-U-036): the segment is as it was. False where it was not archived.

    Raises:
        TooManySegments: others took its place meanwhile.
    """
    segment = (
        SavedSegment.objects.select_for_update()
        .filter(name=name, archived_at__isnull=False)
        .first()
    )
    if segment is None:
        return False
    _refuse_more()
    segment.archived_at = None
    segment.save(update_fields=["archived_at"])
    append(Fact("segment.brought_back", on=on, content={"segment": name}), at=at, by=by)
    return True


def _refuse_more() -> None:
    if SavedSegment.objects.filter(archived_at__isnull=True).count() >= MOST_SAVED:
        raise TooManySegments(most=MOST_SAVED)
