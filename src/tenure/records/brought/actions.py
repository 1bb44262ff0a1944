"""Keep what a customer brought."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.kernel.identifiers import new_id
from tenure.records.brought.models import BroughtFile
from tenure.records.brought.rules import (
    BadRows,
    Sheet,
    check_mapping,
    checked,
)
from tenure.records.journal.actions import Fact, append
from tenure.strategy.benefits import BroughtData


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody brought, how its columns are called here, and whether rows that are
    wrong are to be left out.
    """

    account_id: int
    data: BroughtData
    name: str
    sheet: Sheet
    mapping: Mapping[str, str]
    leaves_out: bool = False


@transaction.atomic
def bring(upload: Upload, *, on: date, at: datetime, by: str) -> BroughtFile:
    """Keep the rows of a file; the same rows again are the same file.

    Raises:
        NotMapped: a column that is needed is not named.
        BadRows: some rows are wrong, and nobody said to leave them out.
    """
    check_mapping(upload.data, upload.sheet, mapping=upload.mapping)
    found = checked(upload.data, upload.sheet, mapping=upload.mapping)
    if found.faults and not (upload.leaves_out and found.rows):
        raise BadRows(count=found.bad_rows)
    said = json.dumps(found.rows, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(said.encode()).hexdigest()
    brought, is_new = BroughtFile.objects.get_or_create(
        once_key=f"{upload.account_id}:{upload.data.id}:{digest}",
        defaults={
            "public_id": new_id("brought", at),
            "account_id": upload.account_id,
            "data_id": upload.data.id,
            "name": upload.name[:200],
            "mapping": dict(upload.mapping),
            "rows": list(found.rows),
            "count": len(found.rows),
            "brought_on": on,
            "recorded_at": at,
        },
    )
    if is_new:
        content = {"number": brought.public_id, "data": upload.data.id, "rows": brought.count,
                   "left_out": found.bad_rows}  # fmt: skip
        fact = Fact("data.brought", on=on, account_id=upload.account_id, content=content)
        append(fact, at=at, by=by)
    return brought
