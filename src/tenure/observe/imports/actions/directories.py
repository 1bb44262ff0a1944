"""A whole directory: looked at first, then stored file by file, each in one transaction."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, OperationalError, transaction

from tenure.kernel.clock import Clock, today
from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.observe.imports.actions.files import Counted, import_file
from tenure.observe.imports.actions.plans import offer_plans
from tenure.observe.imports.errand import Errand, errand_of
from tenure.observe.imports.files.finding import Plan, ToRead, plan_of
from tenure.observe.imports.models import ImportBatch, ImportedFile
from tenure.observe.imports.rejects import Rejects
from tenure.observe.imports.rules.faults import Fault
from tenure.records.strategies.actions import apply_strategy
from tenure.records.strategies.queries import current, newest
from tenure.strategy.loading import preset
from tenure.strategy.sections import Strategy

USUAL_STRATEGY: Final = "small_business"
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_ROOM_SAID: Final = ("is full", "disk i/o error", "no space left", "could not extend file")
_LOCKED_SAID: Final = ("is locked", "lock timeout")

type Told = Callable[[float, str], None]


class StrictRefused(Refusal):
    """With --strict one bad line keeps its whole file out."""

    code = "file_refused"
    said = Sentence(
        zh="{first} 共有 {count} 行有问题；按 --strict，该文件一行也没有写入。",
        en="{first} Lines with a fault: {count}; with --strict nothing of that file was stored.",
    )


class DiskFull(Outage):
    """There is no room below the home folder."""

    code = "disk_full"
    said = Sentence(
        zh="{home} 所在磁盘已满，正在写的文件没有留下任何内容；请腾出空间后再运行一次。",
        en="The disk below {home} is full, and nothing of the file at hand was kept; make room and "
        "run it again.",
    )


class RecordsBusy(Outage):
    """Another process writes to the records for longer than we wait."""

    code = "records_busy"
    said = Sentence(
        zh="另一个进程正在写入数据，等了太久；请稍后再运行一次，本次没有留下半份数据。",
        en="Another process writes to the records and did not finish in time; run it again later. "
        "Nothing was half written.",
    )


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for."""

    directory: Path
    mapping: Path | None = None
    is_strict: bool = False
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class FileDone:
    """What became of one file."""

    to_read: ToRead
    counted: Counted
    as_of: date
    is_refused: bool = False


@dataclass
class ImportDone:
    """What became of an import."""

    order: Order
    plan: Plan
    batch_id: int | None
    applied: str = ""  # the strategy that had to be applied first
    files: list[FileDone] = field(default_factory=list)
    rejected_path: Path | None = None
    first_faults: list[tuple[str, Fault]] = field(default_factory=list)
    refusal: Refusal | None = None

    def total(self, name: str) -> int:
        """A count over all files: read, stored, unchanged or rejected."""
        return sum(getattr(one.counted, name) for one in self.files)


@dataclass
class Hands:
    """Who imports, by which clock, and who is told how far it is."""

    clock: Clock
    by: str
    told: Told
    beat: Callable[[], None] = lambda: None


def import_directory(order: Order, *, hands: Hands) -> ImportDone:
    """Read a directory into the records; told again, the same files change nothing.

    Raises:
        Refusal: the mapping or a file as a whole cannot be read; nothing is written then.
        DiskFull, RecordsBusy: whole files before it are stored, of the file at hand nothing.
    """
    plan = plan_of(order.directory, mapping=order.mapping)
    with told_plainly():
        if not order.is_dry_run:
            return _Directory(order, plan, hands).run()
        with transaction.atomic():
            done = _Directory(order, plan, hands).run()
            transaction.set_rollback(True)
    done.batch_id = None
    return done


@contextmanager
def told_plainly() -> Iterator[None]:
    """A full disk and a busy database in one sentence each, wherever they are met."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull(home=settings.TENURE_HOME) from error
        raise
    except OperationalError as error:
        said = str(error).lower()
        if any(one in said for one in _NO_ROOM_SAID):
            raise DiskFull(home=settings.TENURE_HOME) from error
        if any(one in said for one in _LOCKED_SAID):
            raise RecordsBusy() from error
        raise


class _Directory:
    """One import of one directory."""

    def __init__(self, order: Order, plan: Plan, hands: Hands) -> None:
        self.order, self.plan, self.hands = order, plan, hands
        self.at = hands.clock.now()

    def run(self) -> ImportDone:
        mapped = self.plan.mapped
        strategy, applied = self._strategy()
        zone = mapped.zone or strategy.business.zone
        as_of = mapped.as_of or today(zone, self.at)
        batch = self._begun()
        done = ImportDone(self.order, self.plan, batch.pk, applied=applied)
        errand = errand_of(mapped, strategy, batch=batch, at=self.at, as_of=as_of)
        rejects = Rejects(None if self.order.is_dry_run else _folder(batch))
        outcome = ImportBatch.Outcome.STOPPED
        try:
            with transaction.atomic():
                offer_plans(mapped.plans, errand=errand)
            for place, to_read in enumerate(self.plan.files):
                done.files.append(self._file(to_read, errand, rejects, place=place))
            refused = any(one.is_refused for one in done.files)
            outcome = ImportBatch.Outcome.REFUSED if refused else ImportBatch.Outcome.DONE
        except BaseException:
            rejects.drop_file()
            raise
        finally:
            with suppress(OSError, DatabaseError):
                rejects.finish()
                self._finished(batch, done, outcome)
        done.rejected_path, done.first_faults = rejects.path, rejects.first
        done.refusal = _refusal(done)
        return done

    def _strategy(self) -> tuple[Strategy, str]:
        """The strategy that is applied, or the one that the mapping starts with."""
        if newest() is not None:
            return current(), ""
        name = self.plan.mapped.strategy or USUAL_STRATEGY
        apply_strategy(preset(name), by=self.hands.by, at=self.at)
        return current(), name

    def _begun(self) -> ImportBatch:
        mapped = self.plan.mapped
        return ImportBatch.objects.create(
            source=mapped.source,
            actor=f"import:{mapped.source}"[:120],
            mapping_hash=mapped.digest,
            is_strict=self.order.is_strict,
            started_at=self.at,
        )

    def _finished(self, batch: ImportBatch, done: ImportDone, outcome: str) -> None:
        batch.finished_at, batch.outcome = self.hands.clock.now(), outcome
        batch.counts = {
            name: done.total(name) for name in ("read", "stored", "unchanged", "rejected")
        }
        batch.save(update_fields=["finished_at", "outcome", "counts"])

    def _file(self, to_read: ToRead, errand: Errand, rejects: Rejects, *, place: int) -> FileDone:
        errand = errand.about(self._day_of(to_read, errand))
        count = len(self.plan.files)

        def told(share: float) -> None:
            self.hands.beat()
            self.hands.told((place + share) / count, to_read.file.name)

        rejects.begin_file()
        told(0.0)
        try:
            with transaction.atomic():
                counted = import_file(to_read, errand=errand, rejects=rejects, told=told)
                if self.order.is_strict and counted.rejected:
                    raise _Bad(counted)
                self._note(to_read, errand, counted)
        except _Bad as bad:
            whole = Counted(read=bad.counted.read, rejected=bad.counted.read)
            whole.rows["faults"] = bad.counted.rejected
            return FileDone(to_read, whole, errand.as_of, is_refused=True)
        return FileDone(to_read, counted, errand.as_of)

    def _day_of(self, to_read: ToRead, errand: Errand) -> date:
        """The same bytes tell the same day, however much later they are imported again."""
        if self.plan.mapped.as_of is not None:
            return self.plan.mapped.as_of
        before = ImportedFile.objects.filter(
            digest=to_read.file.digest, batch__source=errand.source
        )
        return before.order_by("pk").values_list("as_of", flat=True).first() or errand.as_of

    def _note(self, to_read: ToRead, errand: Errand, counted: Counted) -> None:
        ImportedFile.objects.create(
            batch=errand.batch,
            name=to_read.file.name[-200:],
            digest=to_read.file.digest,
            as_of=errand.as_of,
            counts=_counts(counted),
        )


class _Bad(Exception):
    """Rolls a file back."""

    def __init__(self, counted: Counted) -> None:
        super().__init__("a strict import met a bad line")
        self.counted = counted


def _counts(counted: Counted) -> dict[str, Any]:
    names = ("read", "stored", "unchanged", "rejected")
    return {name: getattr(counted, name) for name in names} | {"rows": dict(counted.rows)}


def _folder(batch: ImportBatch) -> Path:
    return Path(settings.TENURE_HOME) / "imports" / str(batch.pk)


def _refusal(done: ImportDone) -> Refusal | None:
    bad = next((one for one in done.files if one.is_refused), None)
    if bad is None:
        return None
    name = bad.to_read.file.name
    fault = next(fault for file, fault in done.first_faults if file == name)
    return StrictRefused(first=fault.told(name), count=bad.counted.rows["faults"])
