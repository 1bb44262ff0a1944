"""Permissions that wait for a click: asked for, confirmed by their reader, or dropped (R-P-032)."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.customers.models import Consent, ConsentRequest, Person
from tenure.records.journal.actions import Fact, append

HOLDS: Final = timedelta(days=7)
#: Whoever presses twice is written to once; later the mail may have gone astray.
ASKED_JUST_NOW: Final = timedelta(hours=1)


class ConfirmationOver(Refusal):
    """A click that comes when nothing waits for it any more."""

    code = "confirmation_over"
    said = Sentence(
        zh="这个确认链接已失效，没有任何改动；如仍想接收，请在“消息与隐私”里重新勾选。",
        en="This link no longer confirms anything and nothing was changed; to go on, tick the box "
        "under “Messages and privacy” again.",
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody agreed to, in which words, and from where; a click shall confirm it."""

    purpose: str
    channel: str
    address: str
    text_version: str
    disclosure: str
    language: str
    asked_ip: str = ""


@transaction.atomic
def ask_confirmation(
    person_id: int, wanted: Wanted, *, on: date, at: datetime, by: str
) -> tuple[ConsentRequest, bool]:
    """The request that waits, and whether it is new; one just asked for the address stays."""
    person = Person.objects.select_for_update().get(pk=person_id)
    waiting = _waiting(person.pk).filter(purpose=wanted.purpose, channel=wanted.channel).first()
    if waiting is not None:
        is_fresh = at < min(waiting.asked_at + ASKED_JUST_NOW, waiting.expires_at)
        if is_fresh and waiting.address == wanted.address:
            return waiting, False
        waiting.dropped_at = at
        waiting.save(update_fields=["dropped_at"])
    request = ConsentRequest.objects.create(
        person=person, asked_at=at, expires_at=at + HOLDS, **asdict(wanted)
    )
    _note("consent.asked", request, on=on, at=at, by=by)
    return request, True


@transaction.atomic
def confirm(request_id: int, *, ip: str, on: date, at: datetime, by: str) -> Consent:
    """The permission that a click confirms, with its proof; clicked again, the same one.

    Raises:
        ConfirmationOver: its time is over, it was taken back, or what it gave was.
    """
    request = ConsentRequest.objects.select_for_update().get(pk=request_id)
    Person.objects.select_for_update().get(pk=request.person_id)
    held = Consent.objects.filter(
        person_id=request.person_id,
        purpose=request.purpose,
        channel=request.channel,
        withdrawn_at=None,
    ).first()
    if request.confirmed_at is not None:
        if held is None:
            raise ConfirmationOver()
        return held
    if request.dropped_at is not None or at >= request.expires_at:
        raise ConfirmationOver()
    request.confirmed_at, request.confirmed_ip = at, ip
    request.save(update_fields=["confirmed_at", "confirmed_ip"])
    if held is None:
        held = Consent(
            person_id=request.person_id,
            purpose=request.purpose,
            channel=request.channel,
            given_at=at,
        )
    held.text_version = request.text_version
    held.evidence = f"confirmed by e-mail, request {request.pk}"
    held.double_opt_in_at = at
    held.save()
    _note("consent.given", request, on=on, at=at, by=by)
    return held


def drop_waiting(person_id: int, *, purpose: str, at: datetime, channel: str | None = None) -> int:
    """What waits for a click no longer does: its reader said no meanwhile. How many."""
    rows = _waiting(person_id).filter(purpose=purpose)
    return (rows if channel is None else rows.filter(channel=channel)).update(dropped_at=at)


def waits(person_id: int, *, at: datetime) -> dict[tuple[str, str], ConsentRequest]:
    """(purpose, channel) → the request that still waits for its click."""
    rows = _waiting(person_id).filter(expires_at__gt=at)
    return {(one.purpose, one.channel): one for one in rows}


def _waiting(person_id: int) -> QuerySet[ConsentRequest]:
    return ConsentRequest.objects.filter(
        person_id=person_id, confirmed_at__isnull=True, dropped_at__isnull=True
    )


def _note(kind: str, request: ConsentRequest, *, on: date, at: datetime, by: str) -> None:
    content = {
        "person": request.person_id,
        "purpose": request.purpose,
        "channel": request.channel,
        "text_version": request.text_version,
        "request": request.pk,
    }
    fact = Fact(kind, on=on, account_id=request.person.account_id, content=content)
    append(fact, at=at, by=by)
