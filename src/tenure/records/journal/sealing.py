"""Seal the journal: entries are hashed and chained, so that nobody changes them unseen (R-U-038).

Whoever writes into the database can write new seals as well; that the chain is the same is said
by a link that was noted elsewhere (decision 0152).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from itertools import batched
from operator import attrgetter, or_
from typing import Any

from django.db import transaction
from django.db.models import Q

from tenure.records.journal.models import Entry, JournalSeal
from tenure.records.journal.rules import NOTHING, Sealed, digest_of, line_of, link_of, ranges_of

_COLUMNS = (
    "pk", "at", "on", "kind", "actor", "account_id", "term_id", "content", "once_key",
    "request_id",
)  # fmt: skip
_RANGES_AT_ONCE = 200
MOST_PROBLEMS = 20


@dataclass(slots=True)
class Verified:
    """What became of the seals: `past` are entries of seals that reach back further than the
    journal is kept, and are not compared; `problems` names what is not as it was sealed.
    """

    seals: int = 0
    entries: int = 0
    past: int = 0
    left: int = 0  # of those that are past, what is still there
    unsealed: int = 0
    head: str = NOTHING
    problems: list[str] = field(default_factory=list)


@transaction.atomic
def seal(entries: Sequence[Entry], *, at: datetime) -> int:
    """Hang the next seal on the last one; how many entries it holds. The same again is none."""
    last = JournalSeal.objects.select_for_update().order_by("-number").first()
    ordered = sorted(entries, key=attrgetter("pk"))
    if not ordered or (last is not None and ordered[-1].pk in _ids(last)):
        return 0
    sealed = _sealed(ordered)
    number, previous = (last.number + 1, last.link) if last else (1, NOTHING)
    JournalSeal.objects.create(
        number=number,
        previous=previous,
        count=sealed.count,
        ranges=sealed.ranges,
        digest=sealed.digest,
        first_at=sealed.first_at,
        last_at=sealed.last_at,
        link=link_of(number, sealed, previous=previous),
        sealed_at=at,
    )
    return sealed.count


def verify(*, kept_from: datetime, head: str = "") -> Verified:
    """Compare every sealed entry with its seal, and every seal with the one before it.

    Args:
        kept_from: entries from before may be gone, by the table of retention.
        head: a link that was noted earlier, which must be in the chain.
    """
    found, links = Verified(), set[str]()
    for number, one in enumerate(JournalSeal.objects.order_by("number").iterator(), start=1):
        found.seals += 1
        links.add(one.link)
        problem = _wrong_with(one, number, found.head) or _changed(one, kept_from, found)
        if problem and len(found.problems) < MOST_PROBLEMS:
            found.problems.append(problem)
        found.head = one.link
    if head and head not in links:
        found.problems.append(f"head {head[:12]}")
    found.unsealed = Entry.objects.count() - found.entries - found.left
    return found


def _wrong_with(one: JournalSeal, number: int, previous: str) -> str:
    """What of a seal does not fit the one before it; empty where all does."""
    if one.number != number or one.previous != previous:
        return f"seal {number}: previous"
    return "" if link_of(number, one.sealed, previous=previous) == one.link else f"seal {number}"


def _changed(one: JournalSeal, kept_from: datetime, found: Verified) -> str:
    """Whether the entries of a seal are others now; counted where they are as they were."""
    rows = list(_rows(one.ranges))
    if len(rows) == one.count and digest_of(map(line_of, rows)) == one.digest:
        found.entries += one.count
        return ""
    if one.first_at < kept_from:
        found.past += one.count
        found.left += len(rows)
        return ""
    found.entries += len(rows)
    if len(rows) != one.count:
        return f"seal {one.number}: {len(rows)}/{one.count}"
    return f"seal {one.number}: {one.first_at:%Y-%m-%d}/{one.last_at:%Y-%m-%d}"


def _sealed(entries: Sequence[Entry]) -> Sealed:
    """What is said of entries as they were read, the lowest id first."""
    rows = [{name: getattr(one, name) for name in _COLUMNS} for one in entries]
    ats = [one.at for one in entries]
    return Sealed(
        count=len(rows),
        ranges=ranges_of(one.pk for one in entries),
        digest=digest_of(map(line_of, rows)),
        first_at=min(ats),
        last_at=max(ats),
    )


def _rows(ranges: Sequence[Sequence[int]]) -> Iterator[dict[str, Any]]:
    """The entries under some ids, the lowest first."""
    for some in batched(ranges, _RANGES_AT_ONCE):
        wanted = reduce(or_, (Q(pk__range=(first, last)) for first, last in some))
        yield from Entry.objects.filter(wanted).order_by("pk").values(*_COLUMNS)


def _ids(one: JournalSeal) -> set[int]:
    return {each for first, last in one.ranges for each in range(first, last + 1)}
