"""What a notice of planned work tells: its name and its hours, by the revision that it is of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tenure.act.messages.wording import dated
from tenure.records.contacts.models import Message
from tenure.records.maintenance.models import Maintenance

JOURNEY: Final = "maintenance"


def key_of(template: str, about: tuple[int, int, int], *, channel: str) -> str:
    """The send key of a notice: of which work, which revision of it, and which subscription."""
    number, revision, subscription = about
    return f"{JOURNEY}:{template}:{number}.{revision}.{subscription}.{channel}"


def maintenance_slots(message_id: int | None, *, zone: str, language: str) -> Mapping[str, object]:
    """The work that a notice is about, which its send key names; nothing where there is none."""
    found = Message.objects.filter(pk=message_id or 0, journey=JOURNEY).first()
    if found is None:
        return {}
    number = int(found.send_key.rpartition(":")[2].partition(".")[0])
    one = Maintenance.objects.filter(pk=number).first()
    if one is None:
        return {}
    return {
        "maintenance_name": one.title_zh if language.startswith("zh") else one.title_en,
        "maintenance_from": _timed(one.starts_at, zone=zone, language=language),
        "maintenance_until": _timed(one.ends_at, zone=zone, language=language),
    }


def _timed(at: datetime, *, zone: str, language: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{dated(local.date(), language)} {local:%H:%M}"
