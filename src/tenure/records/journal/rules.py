"""How entries are hashed, and how one seal hangs on the one before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tenure.kernel.failures import Refusal, Sentence

# What the first seal hangs on.
NOTHING = ""

type Ranges = Sequence[Sequence[int]]


class JournalBroken(Refusal):
    """Entries, or seals of them, are not as they were sealed."""

    code = "journal_broken"
    said = Sentence(
        zh="审计日志与封存时不一致：{problems}。请保留数据库现状，与备份比对后查明原因。",
        en="The journal is not as it was sealed: {problems}. Keep the database as it is, and "
        "compare it with a backup.",
    )


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a seal says of some entries: how many, under which ids, their hash and their span."""

    count: int
    ranges: Ranges  # first and last id, both in
    digest: str
    first_at: datetime
    last_at: datetime


def line_of(values: Mapping[str, Any]) -> bytes:
    """One entry as it is hashed, the same on every database.

    Args:
        values: id, at, on, kind, actor, account_id, term_id, content, once_key, request_id. By
            which transaction it was written is left out: a restored dump has other numbers.
    """
    told = json.dumps(values, ensure_ascii=False, sort_keys=True, default=_told)
    return told.encode() + b"\n"


def digest_of(lines: Iterable[bytes]) -> str:
    """The hash of lines in their order."""
    found = hashlib.sha256()
    for line in lines:
        found.update(line)
    return found.hexdigest()


def ranges_of(ids: Iterable[int]) -> list[list[int]]:
    """Ids in order as ranges without holes, so that nothing slips in between later."""
    found: list[list[int]] = []
    for one in ids:
        if found and one == found[-1][1] + 1:
            found[-1][1] = one
        else:
            found.append([one, one])
    return found


def link_of(number: int, sealed: Sealed, *, previous: str) -> str:
    """What the next seal hangs on: it changes with anything in this one, or in any before it."""
    told = {
        "number": number,
        "previous": previous,
        "count": sealed.count,
        "ranges": [list(one) for one in sealed.ranges],
        "digest": sealed.digest,
        "first_at": sealed.first_at,
        "last_at": sealed.last_at,
    }
    return digest_of([line_of(told)])


def _told(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    assert isinstance(value, date), f"an entry holds no {type(value)}"
    return value.isoformat()
