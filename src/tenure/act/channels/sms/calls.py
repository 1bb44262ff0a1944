"""Calls of providers that sign nothing: what proves them is a secret in their address."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.crypto import constant_time_compare

from tenure.act.channels.channel import BadCall, Call

MOST_ITEMS: Final = 1_000
_FORMATS: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y%m%d%H%M%S")


def items_of(call: Call, *, token: str, channel: str) -> Sequence[dict[str, Any]]:
    """The reports in one call, however many it brings.

    Raises:
        BadCall: the address is not the secret one, or the body is no JSON of theirs.
    """
    if not token or not constant_time_compare(call.token, token):
        raise BadCall(channel=channel, why="token")
    try:
        found = json.loads(call.body)
    except (ValueError, RecursionError) as error:
        raise BadCall(channel=channel, why="JSON") from error
    items = found if isinstance(found, list) else [found]
    if len(items) > MOST_ITEMS or not all(isinstance(one, dict) for one in items):
        raise BadCall(channel=channel, why="JSON")
    return items


def stable_id(*parts: object) -> str:
    """One name for one thing that was told, however often it is told."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:40]


def moment(told: object, *, zone: str) -> datetime | None:
    """An instant as providers write it: in their own zone, or in seconds; None where unreadable."""
    text = str(told or "")
    if text.isdecimal() and len(text) in (10, 13):
        return datetime.fromtimestamp(int(text[:10]), tz=ZoneInfo(zone))
    for layout in _FORMATS:
        try:
            return datetime.strptime(text, layout).replace(tzinfo=ZoneInfo(zone))
        except ValueError:
            continue
    return None
