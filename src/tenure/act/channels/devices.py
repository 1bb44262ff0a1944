"""Browsers and telephones that people let us wake: a contact point names one by its handle."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from tenure.act.channels.models import PushDevice
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.customers.models import ContactPoint, Person
from tenure.records.journal.actions import Fact, append

MOST_BYTES: Final = 4_096
#: So many browsers and telephones one person may have; the oldest makes room.
MOST_DEVICES: Final = 10


class BadDevice(Refusal):
    """What a browser or an app sent wakes nothing."""

    code = "bad_device"
    said = Sentence(
        zh="这台设备的推送订阅不可用；请在浏览器里重新允许通知。",
        en="The push subscription of this device cannot be used; allow notifications again.",
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """A device as it registers itself: a browser's subscription as JSON, or an app's token."""

    kind: PushDevice.Kind
    token: str
    name: str = ""

    @property
    def handle(self) -> str:
        """One name for one device, however often it registers."""
        token = self.token
        if self.kind == PushDevice.Kind.WEB:
            token = str(json.loads(token)["endpoint"])
        return hashlib.sha256(f"{self.kind}:{token}".encode()).hexdigest()[:32]

    @property
    def address(self) -> str:
        """How a contact point names it."""
        return f"{self.kind}:{self.handle}"


@transaction.atomic
def register(person_id: int, offered: Offered, *, on: date, at: datetime, by: str) -> PushDevice:
    """Let a device be woken for a person; registered again it stays the same, with newer keys.

    A device that belonged to somebody else now belongs to this person alone.

    Raises:
        BadDevice: it wakes nothing.
    """
    _check(offered)
    person = Person.objects.select_for_update().get(pk=person_id)
    known = PushDevice.objects.filter(handle=offered.handle).first()
    if known is not None and known.person_id != person_id:
        remove(known.person_id, known.handle, on=on, at=at, by=by)
        known = None
    if known is not None:
        known.token = offered.token
        known.save(update_fields=["token"])
        return known
    _make_room(person_id, on=on, at=at, by=by)
    device = PushDevice.objects.create(
        person=person,
        handle=offered.handle,
        kind=offered.kind,
        token=offered.token,
        name=offered.name[:200],
        added_at=at,
    )
    ContactPoint.objects.get_or_create(person=person, channel="push", address=offered.address)
    append(_fact("device.registered", device, account_id=person.account_id, on=on), at=at, by=by)
    return device


@transaction.atomic
def remove(person_id: int, handle: str, *, on: date, at: datetime, by: str) -> bool:
    """Wake a device no more; False where the person has none of this name."""
    device = PushDevice.objects.filter(person_id=person_id, handle=handle).first()
    if device is None:
        return False
    address = f"{device.kind}:{device.handle}"
    ContactPoint.objects.filter(person_id=person_id, channel="push", address=address).delete()
    account_id = device.person.account_id
    append(_fact("device.removed", device, account_id=account_id, on=on), at=at, by=by)
    device.delete()
    return True


def tokens_of(addresses: Collection[str]) -> Mapping[str, str]:
    """Address of a contact point → scheme and token, as a push service knows the device."""
    handles = {one.partition(":")[2]: one for one in addresses}
    rows = PushDevice.objects.filter(handle__in=handles).values_list("handle", "kind", "token")
    return {handles[handle]: f"{kind}:{token}" for handle, kind, token in rows}


def devices_of(person_id: int) -> Sequence[PushDevice]:
    """The devices that may be woken for a person, the newest first."""
    return list(PushDevice.objects.filter(person_id=person_id).order_by("-added_at", "-pk"))


def _make_room(person_id: int, *, on: date, at: datetime, by: str) -> None:
    kept = PushDevice.objects.filter(person_id=person_id).order_by("-added_at", "-pk")
    for old in list(kept[MOST_DEVICES - 1 :]):
        remove(person_id, old.handle, on=on, at=at, by=by)


def _check(offered: Offered) -> None:
    from tenure.act.channels.push.web import subscription_of

    is_web = offered.kind == PushDevice.Kind.WEB
    if not offered.token or len(offered.token) > MOST_BYTES:
        raise BadDevice()
    if is_web and not subscription_of(offered.token)[0]:
        raise BadDevice()
    if not is_web and not (offered.token.isascii() and offered.token.isprintable()):
        raise BadDevice()


def _fact(kind: str, device: PushDevice, *, account_id: int, on: date) -> Fact:
    content = {"person": device.person_id, "kind": device.kind}
    return Fact(kind, on=on, account_id=account_id, content=content)
