"""Write the files for a platform: whom it may know, and whom it must forget."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched
from typing import Final

from django.db import transaction

from tenure.act.audiences.models import AudienceExport, SharedIdentifier
from tenure.act.audiences.queries import Audience, audience
from tenure.act.audiences.rules import Platform
from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.uploads.lists import table_text
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows, update_rows

ADDED_FILE: Final = "audience.csv"
REMOVED_FILE: Final = "remove.csv"
_BATCH: Final = 5_000
_EPOCH: Final = (2000, 1, 1, 0, 0, 0)
_COLUMNS: Final = ("segment", "platform", "kind", "digest", "person_id", "shared_at")


class NobodyToTell(Refusal):
    """A file would name nobody and take nobody back."""

    code = "nobody_to_tell"
    said = Sentence(
        zh="“{segment}”里没有人同意向广告平台共享，也没有需要撤回的人；没有生成文件。",
        en="Nobody of “{segment}” agreed to be shared and nobody is to be taken back; "
        "no file was made.",
    )


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was made, and what stands in it."""

    export: AudienceExport
    content: bytes


@transaction.atomic
def export(segment: str, platform: Platform, *, as_of: date, at: datetime, by: str) -> Exported:
    """Name everybody who agreed, take back whoever no longer does, and write down both.

    Whoever took the consent back, left the segment or was erased since stands in the second file,
    until one that held them was made. The journal says who made which file.

    Raises:
        NoSuchSegment: nobody was ever counted under this name.
        NobodyToTell: there is nothing to write.
    """
    # One file of a segment after the other: the newest is waited for.
    list(AudienceExport.objects.select_for_update().filter(segment=segment).order_by("-pk")[:1])
    made = audience(segment, platform, as_of=as_of)
    if not made.named and not made.to_remove:
        raise NobodyToTell(segment=segment)
    _remember(made, at=at)
    removed = [one.pk for one in made.to_remove]
    update_rows(SharedIdentifier, ((at, pk) for pk in removed), columns=("removed_at",))
    row = AudienceExport.objects.create(
        segment=segment,
        platform=platform,
        as_of=made.on,
        named=len(made.named),
        removed=len(removed),
        made_at=at,
        made_by=by,
    )
    content = {
        "export": row.pk,
        "segment": segment,
        "platform": str(platform),
        "named": row.named,
        "removed": row.removed,
        "left_out": {str(why): count for why, count in made.left.items()},
    }
    append(Fact("audience.exported", on=made.on, content=content), at=at, by=by)
    return Exported(row, _zipped(made))


def _remember(made: Audience, *, at: datetime) -> None:
    """Each hash that the platform holds from now on; one that was taken back is held again."""
    rows = [
        (made.segment, made.platform, kind, text, one.person_id, at)
        for one in made.named
        for kind, text in one.digests.items()
    ]
    insert_rows(SharedIdentifier, rows, columns=_COLUMNS)
    gone = SharedIdentifier.objects.filter(
        segment=made.segment, platform=made.platform, removed_at__isnull=False
    )
    for some in batched((row[3] for row in rows), _BATCH):
        gone.filter(digest__in=some).update(removed_at=None, shared_at=at)


def _zipped(made: Audience) -> bytes:
    heads = [head for head, _ in made.platform.columns]
    kinds = [kind for _, kind in made.platform.columns]
    added = ([one.digests.get(kind, "") for kind in kinds] for one in made.named)
    removed = ([one.digest if one.kind == kind else "" for kind in kinds] for one in made.to_remove)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in ((ADDED_FILE, added), (REMOVED_FILE, removed)):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), _sheet(heads, rows))
    return file.getvalue()


def _sheet(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return table_text([heads, *rows])
