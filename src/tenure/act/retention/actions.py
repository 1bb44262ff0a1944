"""Let go of what is past its time, once a night (R-P-036, R-I-012)."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from typing import Final

from django.db import transaction

from tenure.act.retention import books, files
from tenure.act.retention.kinds import GOES, GOES_ON, Goes
from tenure.act.retention.queries import horizon_of
from tenure.act.retention.rules import Horizon
from tenure.records.journal.actions import Fact, append
from tenure.records.retention.models import RetentionNight

HANDFUL: Final = 5_000


def enforce(*, as_of: date, at: datetime, by: str = "loop") -> RetentionNight:
    """Let everything go whose time is over on a day; said again, nothing more goes.

    A handful is one transaction together with its count, so that a night that is killed goes on
    where it was and tells the same in the end. One entry of the journal tells a night.
    """
    night = _begun(as_of, at=at)
    if night.finished_at is not None:
        return night
    horizon = horizon_of(as_of)
    for goes in GOES:
        if goes.written:
            _walk(night, goes, horizon)
        else:
            _drain(night, goes.name, partial(_handful, goes, horizon))
    for kept, table in files.FILES:
        _days(night, f"files:{table.name}", files.let_go(kept, table, horizon=horizon, at=at))
    _drain(night, "documents", lambda: books.let_documents_go(horizon))
    _drain(night, "invoices", lambda: books.let_invoices_go(horizon))
    _drain(night, "bookings", lambda: books.let_bookings_go(horizon, at=at, by=by))
    return _finished(night, at=at, by=by)


def _begun(as_of: date, *, at: datetime) -> RetentionNight:
    """The night of a day; a new one goes on at the places of the last."""
    last = RetentionNight.objects.filter(as_of__lt=as_of).order_by("-as_of").first()
    places = last.places if last is not None else {}
    night, _ = RetentionNight.objects.get_or_create(
        as_of=as_of, defaults={"started_at": at, "places": places}
    )
    return night


@transaction.atomic
def _finished(night: RetentionNight, *, at: datetime, by: str) -> RetentionNight:
    night.finished_at = at
    night.save(update_fields=["finished_at"])
    key = f"retention:{night.as_of}"
    fact = Fact("retention.enforced", on=night.as_of, content={"gone": night.counts}, once_key=key)
    append(fact, at=at, by=by)
    return night


def _walk(night: RetentionNight, goes: Goes, horizon: Horizon) -> None:
    """Read a list in the order of its writing until a whole handful is too young."""
    place, ends = night.places.get(goes.name, 0), goes.ends(horizon)
    is_settled = goes.name in GOES_ON
    while True:
        rows = goes.model._default_manager
        ahead = rows.filter(pk__gt=place).order_by("pk")
        # Most nights end here: the database looks at a handful, and nothing of it is read.
        some = rows.filter(pk__in=ahead.values("pk")[:HANDFUL])
        if not some.filter(**{f"{goes.written}__lt": ends}).exists():
            return
        seen = list(ahead.values_list("pk", goes.written)[:HANDFUL])
        is_settled = is_settled and all(written < ends for _, written in seen)
        with transaction.atomic():
            found = goes.find(horizon).filter(pk__gt=place, pk__lte=seen[-1][0])
            place = seen[-1][0]
            if is_settled:
                night.places[goes.name] = place
            _note(night, goes.name, goes.carry_out(found))


def _handful(goes: Goes, horizon: Horizon) -> int:
    keys = list(goes.find(horizon).values_list("pk", flat=True)[:HANDFUL])
    return goes.carry_out(goes.model._default_manager.filter(pk__in=keys)) if keys else 0


def _drain(night: RetentionNight, name: str, step: Callable[[], int]) -> None:
    """Handful after handful until one finds nothing."""
    while True:
        with transaction.atomic():
            gone = step()
            _note(night, name, gone)
        if not gone:
            return


def _days(night: RetentionNight, name: str, steps: Iterator[int]) -> None:
    """Day after day of a table; each is counted with what it let go."""
    while True:
        with transaction.atomic():
            gone = next(steps, None)
            if gone is None:
                return
            _note(night, name, gone)


def _note(night: RetentionNight, name: str, gone: int) -> None:
    if not gone and name not in night.places:
        return
    if gone:
        night.counts = dict(Counter(night.counts) + Counter({name: gone}))
    night.save(update_fields=["counts", "places"])
