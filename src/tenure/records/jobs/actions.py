"""Take and keep a lease; note what the stages of a run did."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from tenure.kernel.failures import Refusal
from tenure.records.jobs.models import Follower, Lease, Run
from tenure.records.jobs.rules import FORGOTTEN, LIVES, WORKER, AlreadyRunning, LeaseLost
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.queries import Place
from tenure.records.rows import insert_rows


@transaction.atomic
def take_lease(name: str, *, holder: str, at: datetime, seconds: int) -> Lease:
    """Hold `name` for so many seconds; the holder itself may take it again.

    Raises:
        AlreadyRunning: another holder has it and still beats.
    """
    until = at + timedelta(seconds=seconds)
    fresh = [(name, holder, at, until)]
    if not insert_rows(Lease, fresh, columns=("name", "holder", "taken_at", "expires_at")):
        free = Lease.objects.filter(Q(expires_at__lte=at) | Q(holder=holder), name=name)
        if not free.update(holder=holder, taken_at=at, expires_at=until):
            raise already_running(Lease.objects.get(name=name))
    return Lease.objects.get(name=name)


def already_running(held: Lease) -> AlreadyRunning:
    """Who holds a lease, since when and until when, as a refusal."""
    return AlreadyRunning(
        name=held.name,
        holder=held.holder,
        since=held.taken_at.isoformat(timespec="seconds"),
        until=held.expires_at.isoformat(timespec="seconds"),
    )


def beat(lease: Lease, *, at: datetime, seconds: int) -> None:
    """Keep a lease for so many seconds more.

    Raises:
        LeaseLost: it went to somebody else meanwhile.
    """
    until = at + timedelta(seconds=seconds)
    mine = Lease.objects.filter(name=lease.name, holder=lease.holder, taken_at=lease.taken_at)
    if not mine.update(expires_at=until):
        raise LeaseLost(name=lease.name, holder=lease.holder)
    lease.expires_at = until


def release(lease: Lease) -> None:
    """Give a lease back; nothing happens where somebody else already took it over."""
    Lease.objects.filter(name=lease.name, holder=lease.holder, taken_at=lease.taken_at).delete()


def say_alive(worker: str, *, at: datetime) -> None:
    """A worker lives: it holds a lease on itself. Those silent for a day are forgotten."""
    ours = Lease.objects.filter(name=worker)
    if not ours.update(expires_at=at + LIVES):
        Lease.objects.filter(name__startswith=WORKER, expires_at__lt=at - FORGOTTEN).delete()
        take_lease(worker, holder=worker, at=at, seconds=int(LIVES.total_seconds()))


def say_ended(worker: str) -> None:
    """A worker ended as it was asked to."""
    Lease.objects.filter(name=worker).delete()


def start_run(as_of: date, *, strategy_hash: str, at: datetime) -> Run:
    """The run of a day: a new one, or the one that was begun before."""
    run, _ = Run.objects.get_or_create(
        as_of=as_of, defaults={"strategy_hash": strategy_hash, "started_at": at}
    )
    return run


@transaction.atomic
def finish_stage(run: Run, stage: str, *, counts: Mapping[str, Any], seconds: float) -> Run:
    """Note what a stage did in this run; a stage that is done again replaces its own counts."""
    locked = Run.objects.select_for_update().get(pk=run.pk)
    locked.stages = {**locked.stages, stage: {**counts, "seconds": seconds}}
    locked.save(update_fields=["stages"])
    return locked


def note_refusal(run: Run, stage: str, *, why: Refusal, at: datetime, by: str) -> None:
    """Enter once that a day's stage was refused: nothing after it is done until that is mended."""
    content = {"stage": stage, "code": why.code, "why": {
        "zh": why.sentence("zh"), "en": why.sentence("en"),
    }}  # fmt: skip
    key = f"refused:{run.as_of}:{stage}:{why.code}"
    append(Fact("run.refused", on=run.as_of, content=content, once_key=key), at=at, by=by)


def note_left_out(since: date, until: date, *, at: datetime, by: str) -> None:
    """Enter once that the days of a long silence, both included, are not lived one by one."""
    content = {"since": since.isoformat(), "until": until.isoformat()}
    key = f"left_out:{since}:{until}"
    append(Fact("run.left_out", on=until, content=content, once_key=key), at=at, by=by)


@transaction.atomic
def finish_run(run: Run, *, at: datetime, by: str) -> Run:
    """Close the run of a day; the first end counts and is entered once."""
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if locked.finished_at is None:
        locked.finished_at = at
        locked.save(update_fields=["finished_at"])
        append(
            Fact(
                "run.finished",
                on=locked.as_of,
                content={"stages": locked.stages, "strategy_hash": locked.strategy_hash},
                once_key=f"run:{locked.as_of}",
            ),
            at=at,
            by=by,
        )
    return locked


def follow_to(name: str, place: Place, *, at: datetime) -> None:
    """Note how far a follower of the journal has read."""
    Follower.objects.update_or_create(name=name, defaults={"place": str(place), "moved_at": at})
