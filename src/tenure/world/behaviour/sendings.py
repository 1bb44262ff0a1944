"""A day's events, sent in as any business sends them: to the intake, in batches."""

from collections.abc import Iterator
from datetime import datetime
from itertools import batched

import msgspec

from tenure.kernel.clock import from_us
from tenure.observe.intake.actions import accept
from tenure.observe.intake.messages import Sending
from tenure.observe.intake.models import Source
from tenure.world.calendar import to_utc_us
from tenure.world.market.actions import Built
from tenure.world.market.activity import NAMES, Events
from tenure.world.market.rows.people import external_ids

BATCH_EVENTS = 2_000


class Track(msgspec.Struct, rename="camel", omit_defaults=True):
    """One event as the Segment clients write it."""

    message_id: str
    user_id: str
    event: str
    timestamp: datetime
    properties: dict[str, str | float]
    type: str = ""


def send(built: Built, events: Events, *, source: Source, received_at: datetime) -> int:
    """Send events; how many were stored."""
    encoder = msgspec.json.Encoder()
    stored = 0
    for batch in batched(_tracks(built, events), BATCH_EVENTS):
        messages = [msgspec.Raw(encoder.encode(one)) for one in batch]
        sending = Sending(messages, sent_at=received_at)
        stored += accept(sending, source=source, received_at=received_at).stored
    return stored


def _tracks(built: Built, events: Events) -> Iterator[Track]:
    market = built.market
    users = external_ids(market, events.who)
    at_us = to_utc_us(events.second, zone=market.recipe.zone).tolist()
    days = (events.second // 86_400).tolist()
    columns = (events.name, events.feature, events.amount)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for number, (name, feature, amount) in enumerate(rows):
        said: dict[str, str | float] = {}
        if feature >= 0:
            said["feature"] = built.habits.features[feature]
        if amount == amount:
            said["amount"] = amount
        yield Track(
            message_id=f"{days[number]}-{number}",
            user_id=users[number],
            event=NAMES[name],
            timestamp=from_us(at_us[number]),
            properties=said,
            type="track",
        )
