"""What reached customers about their terms, and how much of it still works."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zlib import crc32

import numpy as np

from tenure.decide.decisions.models import Decision
from tenure.kernel.clock import today
from tenure.kernel.periods import day_number
from tenure.records.contacts.models import Message
from tenure.strategy.messages import Purpose
from tenure.strategy.offers import OfferKind
from tenure.strategy.sections import Strategy
from tenure.world.behaviour.window import Window
from tenure.world.chance import Chance, Flags, Floats, Wholes
from tenure.world.market.truth import FATIGUE_PER_CONTACT, Action, effect, faded

ACTIONS: Final = tuple(Action)
_OF_OFFERS: Final = {
    OfferKind.REMINDER: Action.REMINDER,
    OfferKind.VALUE_RECAP: Action.RECAP,
    OfferKind.TERM_DISCOUNT: Action.DISCOUNT,
    OfferKind.COUPON: Action.DISCOUNT,
    OfferKind.EXTENSION: Action.EXTENSION,
    OfferKind.CALL: Action.CALL,
    # The market knows no effect of its own of what is handed over: it is something extra, as
    # free days are; an hour with an expert is a call; and what is promised for later reminds.
    OfferKind.BENEFIT: Action.EXTENSION,
    OfferKind.GOODS: Action.EXTENSION,
    OfferKind.EXPERT: Action.CALL,
    OfferKind.CREDIT: Action.EXTENSION,
    OfferKind.MAKE_UP: Action.RECAP,
}
_OF_PURPOSES: Final = {
    Purpose.RECAP: Action.RECAP,
    Purpose.REMINDER: Action.REMINDER,
    Purpose.OFFER: Action.REMINDER,
}
# The share of messages that is noticed (science.md, section 11).
REACH: Final = {"email": 0.35, "sms": 0.92, "push": 0.55, "phone": 1.0}
_REACH_OTHERWISE = 0.5
REMEMBERED_DAYS = 45


@dataclass(frozen=True, slots=True)
class Contact:
    """One thing that a customer noticed, or did not."""

    term_id: int
    day: int
    action: Action
    share: float = 0.0  # of the price, for a discount
    decision_id: int = 0
    is_noticed: bool = True


@dataclass(slots=True)
class Memory:
    """Everything that reached anybody in the days that count, as columns grown day by day."""

    term_id: list[int] = field(default_factory=list)
    day: list[int] = field(default_factory=list)
    action: list[int] = field(default_factory=list)
    share: list[float] = field(default_factory=list)
    decision_id: list[int] = field(default_factory=list)
    is_noticed: list[bool] = field(default_factory=list)

    def add(self, contacts: Iterable[Contact]) -> None:
        """Remember contacts."""
        for one in contacts:
            self.term_id.append(one.term_id)
            self.day.append(one.day)
            self.action.append(ACTIONS.index(one.action))
            self.share.append(one.share)
            self.decision_id.append(one.decision_id)
            self.is_noticed.append(one.is_noticed)


@dataclass(frozen=True, slots=True)
class Worked:
    """What all contacts together do to the terms of a window."""

    lift: Floats  # of the logit, by row
    nudged: Flags  # noticed something today, by row
    decision_id: Wholes  # of the last noticed offer, by row; 0: none


def read_messages(
    memory: Memory, *, strategy: Strategy, chance: Chance, since: datetime, until: datetime
) -> int:
    """Remember the messages sent after one instant and up to another; how many there were."""
    sent = Message.objects.filter(sent_at__gt=since, sent_at__lte=until).order_by("pk")
    names = ("term_id", "sent_at", "template", "channel", "decision_id")
    rows = list(sent.values_list(*names))
    decisions = _decisions({row[4] for row in rows if row[4]})
    zone = strategy.business.zone
    days = [day_number(today(zone, sent_at)) for _, sent_at, *_ in rows if sent_at is not None]
    # Noticed or not by term, day and template, whatever ids the database gives out.
    steps = [
        day * 1000 + crc32(row[2].encode()) % 1000 for day, row in zip(days, rows, strict=True)
    ]
    terms = np.array([row[0] for row in rows], dtype=np.int64)
    drawn = chance.uniform("notices", terms, step=np.array(steps, dtype=np.int64))
    for (term, _, template, channel, decision), day, draw in zip(
        rows, days, drawn.tolist(), strict=True
    ):
        action, share = _meaning(decisions.get(decision or 0), template, strategy=strategy)
        if action is not Action.NOTHING:
            noticed = draw < REACH.get(channel, _REACH_OTHERWISE)
            memory.add([Contact(term, day, action, share, decision or 0, noticed)])
    return len(rows)


type Decided = tuple[str, int | None, int | None]


def _decisions(ids: set[int]) -> dict[int, Decided]:
    rows = Decision.objects.filter(pk__in=ids).values_list(
        "pk", "kind", "list_price_minor", "price_minor"
    )
    return {pk: (kind, listed, price) for pk, kind, listed, price in rows}


def _meaning(decided: Decided | None, template: str, *, strategy: Strategy) -> tuple[Action, float]:
    """What a message is to its reader: the offer in it, or what it is for."""
    if decided is not None and decided[0] != OfferKind.NOTHING:
        kind, listed, price = decided
        share = 1 - (price or 0) / listed if listed and price is not None else 0.0
        return _OF_OFFERS[OfferKind(kind)], max(share, 0.0)
    found = strategy.messages.get(template)
    purpose = found.purpose if found is not None else Purpose.NOTICE
    return _OF_PURPOSES.get(purpose, Action.NOTHING), 0.0


def worked(memory: Memory, near: Window, *, day: int, complaints: Floats) -> Worked:
    """What everything noticed in the last weeks does to the terms of a window on a day."""
    remembered = _within(memory, near, day=day)
    noticed = remembered.of(remembered.is_noticed)
    lift = _lifted(noticed, near, complaints=complaints)
    # Every contact tires, also the ones that were hardly looked at.
    last_month = remembered.row[remembered.since < 30]
    np.subtract.at(lift, last_month, FATIGUE_PER_CONTACT)
    nudged = np.zeros(len(near), dtype=np.bool_)
    nudged[noticed.row[noticed.since == 0]] = True
    decision = np.zeros(len(near), dtype=np.int64)
    decision[noticed.row] = noticed.decision_id
    return Worked(lift=lift, nudged=nudged, decision_id=decision)


@dataclass(frozen=True, slots=True)
class _Remembered:
    """Contacts about the terms of a window, one row each, in the order in which they came."""

    row: Wholes  # in the window
    since: Floats  # days
    action: Wholes
    share: Floats
    decision_id: Wholes
    is_noticed: Flags

    def of(self, rows: Flags) -> "_Remembered":
        return _Remembered(*(getattr(self, name)[rows] for name in self.__slots__))


def _within(memory: Memory, near: Window, *, day: int) -> _Remembered:
    days = np.array(memory.day, dtype=np.int64)
    row = near.rows_of(np.array(memory.term_id, dtype=np.int64))
    every = _Remembered(
        row=row,
        since=(day - days).astype(np.float64),
        action=np.array(memory.action, dtype=np.int64),
        share=np.array(memory.share, dtype=np.float64),
        decision_id=np.array(memory.decision_id, dtype=np.int64),
        is_noticed=np.array(memory.is_noticed, dtype=np.bool_),
    )
    return every.of((row >= 0) & (days <= day) & (days > day - REMEMBERED_DAYS))


def _lifted(noticed: _Remembered, near: Window, *, complaints: Floats) -> Floats:
    """The sum of what is left of each contact's effect, by row of the window."""
    lift = np.zeros(len(near))
    for code in np.unique(noticed.action).tolist():
        alike = noticed.of(noticed.action == code)
        strength = effect(
            ACTIONS[code],
            near.people.latents.of(alike.row),
            auto_renews=near.auto_renews[alike.row],
            complaints=complaints[alike.row],
            discount_share=alike.share,
        )
        np.add.at(lift, alike.row, faded(strength, days_since=alike.since, action=ACTIONS[code]))
    return lift
