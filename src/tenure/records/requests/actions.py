"""Ask for a copy of one's data, fetch it once, and ask for the end of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenure.kernel.identifiers import new_id
from tenure.records.customers.models import Person
from tenure.records.journal.actions import Fact, append
from tenure.records.requests.models import DataRequest
from tenure.records.requests.rules import (
    EXPORT_HOLDS,
    REQUEST,
    CopyIsGone,
    RequestVerb,
    due_on,
)
from tenure.records.requests.states import RequestState


@dataclass(frozen=True, slots=True)
class Asking:
    """What a person asks for, and until when it can be fetched."""

    person: Person
    kind: DataRequest.Kind
    expires_at: datetime | None = None


@transaction.atomic
def ask_copy(person: Person, *, on: date, at: datetime, by: str) -> DataRequest:
    """A copy of the account's data, to be fetched once within seven days; an open one again.

    Its name cannot be guessed, and it opens nothing but this copy.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    open_ = DataRequest.objects.filter(
        person=person,
        kind=DataRequest.Kind.EXPORT,
        state=RequestState.OPEN,
        expires_at__gt=at,
    ).first()
    if open_ is not None:
        return open_
    asking = Asking(person, DataRequest.Kind.EXPORT, at + EXPORT_HOLDS)
    return _ask(asking, on=on, at=at, by=by)


@transaction.atomic
def take_copy(public_id: str, *, on: date, at: datetime, by: str) -> DataRequest:
    """Fetch a copy: it is done by that, and cannot be fetched a second time.

    Raises:
        CopyIsGone: it was fetched, its time is over, or there never was one.
    """
    found = DataRequest.objects.select_for_update(of=("self",)).select_related("account", "person")
    request = found.filter(public_id=public_id, kind=DataRequest.Kind.EXPORT).first()
    if request is None or request.state != RequestState.OPEN:
        raise CopyIsGone()
    if request.expires_at is None or at >= request.expires_at:
        raise CopyIsGone()
    return _move(request, RequestVerb.FINISH, on=on, at=at, by=by)


@transaction.atomic
def ask_erasure(person: Person, *, on: date, at: datetime, by: str) -> DataRequest:
    """The end of an account's data; asked again, the request that is there."""
    Person.objects.select_for_update().get(pk=person.pk)
    before = DataRequest.objects.filter(
        account_id=person.account_id, kind=DataRequest.Kind.ERASURE
    ).first()
    if before is not None:
        return before
    return _ask(Asking(person, DataRequest.Kind.ERASURE), on=on, at=at, by=by)


@transaction.atomic
def certify(
    request: DataRequest, certificate: Mapping[str, Any], *, on: date, at: datetime, by: str
) -> DataRequest:
    """Close an erasure with what was deleted and what kept; closed again, nothing changes."""
    locked = DataRequest.objects.select_for_update().get(pk=request.pk)
    if locked.state != RequestState.OPEN:
        return locked
    locked.certificate = dict(certificate)
    locked.save(update_fields=["certificate"])
    return _move(locked, RequestVerb.FINISH, on=on, at=at, by=by)


@transaction.atomic
def expire_copies(*, on: date, at: datetime, by: str) -> int:
    """Close the copies that nobody fetched in time; how many."""
    over = DataRequest.objects.select_for_update().filter(
        state=RequestState.OPEN, expires_at__lte=at
    )
    found = list(over.order_by("pk"))
    for request in found:
        _move(request, RequestVerb.EXPIRE, on=on, at=at, by=by)
    return len(found)


def _ask(asking: Asking, *, on: date, at: datetime, by: str) -> DataRequest:
    person = asking.person
    request = DataRequest.objects.create(
        public_id=new_id("req", at),
        account_id=person.account_id,
        person=person,
        kind=asking.kind,
        state=REQUEST.start,
        asked_at=at,
        due_on=due_on(person.account.country, asked_on=on),
        expires_at=asking.expires_at,
    )
    _note(f"{asking.kind}.asked", request, on=on, at=at, by=by)
    return request


def _move(
    request: DataRequest, verb: RequestVerb, *, on: date, at: datetime, by: str
) -> DataRequest:
    request.state = REQUEST.after(RequestState(request.state), verb)
    request.done_at = at
    request.save(update_fields=["state", "done_at"])
    _note(f"{request.kind}.{request.state}", request, on=on, at=at, by=by)
    return request


def _note(kind: str, request: DataRequest, *, on: date, at: datetime, by: str) -> None:
    content = {"request": request.public_id, "due_on": str(request.due_on)}
    append(Fact(kind, on=on, account_id=request.account_id, content=content), at=at, by=by)
