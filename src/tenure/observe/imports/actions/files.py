"""One file: its lines settled, compared with what was said before, and written in chunks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tenure.observe.imports.actions.accounts import AccountWriter
from tenure.observe.imports.actions.cancellations import CancellationWriter
from tenure.observe.imports.actions.events import EventWriter
from tenure.observe.imports.actions.milestones import MilestoneWriter
from tenure.observe.imports.actions.payments import PaymentWriter
from tenure.observe.imports.actions.people import PersonWriter
from tenure.observe.imports.actions.permissions import ConsentWriter, ContactPointWriter
from tenure.observe.imports.actions.plans import PlanWriter
from tenure.observe.imports.actions.subscriptions import SubscriptionWriter
from tenure.observe.imports.actions.terms import TermWriter
from tenure.observe.imports.actions.voices import AnswerWriter, TicketWriter
from tenure.observe.imports.actions.writer import Writer
from tenure.observe.imports.errand import Errand
from tenure.observe.imports.files.finding import ToRead
from tenure.observe.imports.files.tables import rows_of
from tenure.observe.imports.known import Known
from tenure.observe.imports.lines import FieldRefused, Line, LineReader, Record
from tenure.observe.imports.mapping.fields import EVENT, TERM
from tenure.observe.imports.models import ImportedRow
from tenure.observe.imports.ordering import chunks_of
from tenure.observe.imports.rejects import Rejects
from tenure.observe.imports.rules.faults import ChangedEvent, Fault, ToldTwice, shown
from tenure.observe.intake.models import Quarantine
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows, update_rows

WRITERS: Final[Mapping[str, Callable[[Known], Writer]]] = {
    "plan": PlanWriter,
    "account": AccountWriter,
    "person": PersonWriter,
    "contact_point": ContactPointWriter,
    "consent": ConsentWriter,
    "subscription": SubscriptionWriter,
    "term": TermWriter,
    "payment": PaymentWriter,
    "ticket": TicketWriter,
    "answer": AnswerWriter,
    "cancellation": CancellationWriter,
    "milestone": MilestoneWriter,
    "event": EventWriter,
}
_QUARANTINE: Final = ("source", "kind", "reason", "place", "kept", "raw", "at")
_RAW_LENGTH: Final = 4_000

type Told = Callable[[float], None]


class Standing(StrEnum):
    """What a row says, beside what the same source said before."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass
class Counted:
    """What became of the lines of a file: `read` is the sum of the other three."""

    read: int = 0
    stored: int = 0
    unchanged: int = 0
    rejected: int = 0
    rows: Counter[str] = field(default_factory=Counter)  # "account.new" → how many

    def add(self, lines: Sequence[Line], standings: Mapping[Record, Standing]) -> None:
        """Count the lines of a chunk."""
        for line in lines:
            self.read += 1
            if line.fault is not None:
                self.rejected += 1
                continue
            said = [standings[one] for one in line.records]
            if all(one is Standing.SAME for one in said):
                self.unchanged += 1
            else:
                self.stored += 1
            for record, standing in zip(line.records, said, strict=True):
                self.rows[f"{record.making.kind.name}.{standing}"] += 1


def import_file(to_read: ToRead, *, errand: Errand, rejects: Rejects, told: Told) -> Counted:
    """Read one file into the records; the caller holds the transaction."""
    importer = _Importer(to_read, errand, rejects)
    reader = LineReader(to_read, zone=errand.zone, as_of=errand.as_of)
    rows = rows_of(
        to_read.file,
        width=len(to_read.header),
        delimiter=to_read.rules.delimiter,
        told=told,
    )
    is_by_term = any(one.kind is TERM for one in to_read.rules.makings)
    for lines in chunks_of(rows, reader, is_by_term=is_by_term):
        importer.store(lines)
    importer.enter()
    return importer.counted


class _Importer:
    """Stores one file chunk by chunk."""

    def __init__(self, to_read: ToRead, errand: Errand, rejects: Rejects) -> None:
        self.name, self.errand, self.rejects = to_read.file.name, errand, rejects
        self.counted = Counted()
        self._known = Known(errand)
        kinds = dict.fromkeys(one.kind.name for one in to_read.rules.makings)
        self._writers = {name: WRITERS[name](self._known) for name in kinds}
        self._seen: set[int] = set()  # digests of the keys that the file named so far
        self._told_of = {name for name in kinds if _was_told_of(name, errand)}

    def store(self, lines: Sequence[Line]) -> None:
        """Write one chunk: whole lines or nothing of them."""
        faulty = -1
        while faulty != (faulty := sum(line.fault is not None for line in lines)):
            comparison = self._settled(lines)
        told = [one for line in lines if line.fault is None for one in line.records]
        for name, writer in self._writers.items():
            records = [one for one in comparison.to_write(told) if one.making.kind.name == name]
            if records:
                writer.write(records)
        comparison.remember(told)
        self._seen.update(hash((one.making.kind.name, one.key)) for one in told)
        self.counted.add(lines, comparison.standings)
        self._reject(lines)

    def _settled(self, lines: Sequence[Line]) -> _Comparison:
        """Check every line that is not turned away yet, and compare it with what was said."""
        self._known.forget_coming()
        for name, writer in self._writers.items():
            records = [
                one
                for line in lines
                if line.fault is None
                for one in line.records
                if one.making.kind.name == name
            ]
            writer.look_up(records)
            for record in records:
                _settle(record, writer)
        told = [one for line in lines if line.fault is None for one in line.records]
        for record in told:
            record.seal()
        return _Comparison(told, self.errand, seen=self._seen, told_of=self._told_of)

    def _reject(self, lines: Sequence[Line]) -> None:
        faults = [line.fault for line in lines if line.fault is not None]
        self.rejects.add(self.name, faults)
        source, kind = f"import:{self.errand.source}"[:120], self.name[-60:]
        places = {f"{self.name}:{one.line} {one.column}".strip()[:200]: one for one in faults}
        there = Quarantine.objects.filter(source=source, kind=kind, place__in=places)
        known = set(there.values_list("reason", "place", "raw"))
        rows = [
            (source, kind, one.code, place, False, raw, self.errand.at)
            for place, one in places.items()
            for raw in (_raw(one),)
            if (one.code, place, raw) not in known
        ]
        insert_rows(Quarantine, rows, columns=_QUARANTINE)

    def enter(self) -> None:
        """Note in the journal that the file was stored, if anything of it was."""
        if self.counted.stored:
            content = {
                "batch": self.errand.batch.pk,
                "file": self.name,
                "rows": dict(self.counted.rows),
            }
            fact = Fact("import.stored", on=self.errand.on, content=content)
            append(fact, at=self.errand.at, by=self.errand.by)


def _settle(record: Record, writer: Writer) -> None:
    if record.line.fault is not None:
        return
    try:
        writer.settle(record)
    except FieldRefused as refused:
        record.refuse(refused.field_name, refused.refusal)


def _raw(fault: Fault) -> str:
    return fault.raw.replace("\x00", "")[:_RAW_LENGTH]


class _Comparison:
    """What a chunk says, beside what was said before."""

    def __init__(
        self, told: Sequence[Record], errand: Errand, *, seen: set[int], told_of: set[str]
    ) -> None:
        self.errand = errand
        self.standings: dict[Record, Standing] = {}
        self._first: dict[tuple[str, str], Record] = {}
        # Where a source tells of a kind for the first time, only this file can have said it.
        asked = [
            one
            for one in told
            if (name := one.making.kind.name) in told_of or hash((name, one.key)) in seen
        ]
        self._before = _said_before(asked, errand)
        for record in told:
            if record.line.fault is None:
                self._compare(record, seen)

    def _compare(self, record: Record, seen: set[int]) -> None:
        name = record.making.kind.name
        key = (name, record.key)
        first, before = self._first.setdefault(key, record), self._before.get(key)
        said = first.digest if first is not record else before[1] if before else None
        if said == record.digest:
            self.standings[record] = Standing.SAME
        elif said is None:
            self.standings[record] = Standing.NEW
        elif first is not record or hash(key) in seen:
            record.refuse("id", ToldTwice(text=shown(record.key)))
        elif name == EVENT.name:
            record.refuse("id", ChangedEvent(text=shown(record.key)))
        else:
            self.standings[record] = Standing.CHANGED

    def to_write(self, told: Iterable[Record]) -> list[Record]:
        """The records that are new or changed, each key once."""
        return [one for one in told if self.standings[one] is not Standing.SAME]

    def remember(self, told: Iterable[Record]) -> None:
        """Keep what was said, for the next import."""
        batch, source = self.errand.batch.pk, self.errand.source
        new, changed = [], []
        for one in self.to_write(told):
            key = (one.making.kind.name, one.key)
            if self.standings[one] is Standing.NEW:
                new.append((source, *key, one.digest, batch))
            else:
                changed.append((one.digest, batch, self._before[key][0]))
        insert_rows(ImportedRow, new, columns=("source", "kind", "key", "digest", "batch_id"))
        update_rows(ImportedRow, changed, columns=("digest", "batch_id"))


def _was_told_of(kind: str, errand: Errand) -> bool:
    """Whether this source said anything of a kind before this file."""
    return ImportedRow.objects.filter(source=errand.source, kind=kind).exists()


def _said_before(told: Sequence[Record], errand: Errand) -> dict[tuple[str, str], tuple[int, str]]:
    """Kind and key → id and digest of what this source said last."""
    found = {}
    for kind in {one.making.kind.name for one in told}:
        keys = {one.key for one in told if one.making.kind.name == kind}
        rows = ImportedRow.objects.filter(source=errand.source, kind=kind, key__in=keys)
        for pk, key, digest in rows.values_list("pk", "key", "digest"):
            found[kind, key] = (pk, digest)
    return found
