"""What is so about a batch of messages at the moment of sending: a few reads for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from tenure.act.habits.queries import window_of
from tenure.act.messages.grounds import Grounds, grounds_of
from tenure.act.messages.own import is_awaited, template_of
from tenure.act.messages.rules import (
    Kind,
    Past,
    Standing,
    permission_of,
)
from tenure.kernel.instants import Window
from tenure.records.among import among
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Consent
from tenure.records.customers.queries import proved
from tenure.records.feedback.rules import SURVEY
from tenure.records.stores.models import StoreContract
from tenure.records.subscriptions.models import Term
from tenure.strategy.journeys import Clock
from tenure.strategy.messages import Channel, MessageClass, MessageTemplate, Purpose
from tenure.strategy.sections import Strategy

type Row = dict[str, Any]

_COLUMNS = (
    "pk", "send_key", "person_id", "account_id", "term_id", "journey", "step", "template",
    "message_class", "channel", "language", "address", "decision_id", "attempts", "planned_at",
    "send_after", "expires_at", "person__name", "person__zone", "person__is_minor",
    "person__preferred_from", "person__preferred_until", "account__zone", "account__country",
    "account__holdout_bucket", "term__state", "term__subscription_id",
)  # fmt: skip
# Messages that agree in these are of one kind.
_TOLD = ("message_class", "template", "channel", "journey", "step")


@dataclass(slots=True)
class Candidate:
    """One message with what the rules ask about it; `past` grows while its batch is judged."""

    row: Row
    template: MessageTemplate | None
    kind: Kind
    standing: Standing
    past: list[Past]


def candidates(ids: Sequence[int], *, strategy: Strategy, at: datetime) -> list[Candidate]:
    """The messages of a batch in the order of `ids`, each with its facts as of `at`."""
    return candidates_of(message_rows(ids), strategy=strategy, at=at)


def message_rows(ids: Sequence[int]) -> list[Row]:
    """The messages in the order of `ids`, as `candidates_of` reads them."""
    sold = StoreContract.objects.filter(subscription=OuterRef("term__subscription"))
    every = Message.objects.filter(among("pk", ids)).annotate(is_of_store=Exists(sold))
    rows = {row["pk"]: row for row in every.values(*_COLUMNS, "is_of_store")}
    return [rows[pk] for pk in ids]


def candidates_of(
    rows: Sequence[Row], *, strategy: Strategy, at: datetime, grounds: Grounds | None = None
) -> list[Candidate]:
    """The same for rows that are no messages yet: what would be asked of them as of `at`.

    Messages of one person share one list of past messages, so that two of one batch count
    against each other's caps.

    Args:
        grounds: what is so about their readers, where that was read already.
    """
    grounds = grounds or grounds_of(rows, strategy=strategy, at=at)
    unproved = _unproved(rows, strategy=strategy, at=at)
    back = _back(rows, strategy=strategy)
    past = {row["person_id"]: list(grounds.had[row["person_id"]]) for row in rows}
    held_out_below = strategy.experiments.holdout_below
    pauses = strategy.guardrails.no_promotion_during_fault
    kinds: dict[tuple[str, ...], Kind] = {}
    found = []
    for row in rows:
        told = tuple(row[name] for name in _TOLD)
        kind = kinds.get(told) or kinds.setdefault(told, kind_of(row, strategy=strategy))
        said = _preferred(row)
        learned = _habit(row, grounds.hours, strategy=strategy, at=at) if said is None else None
        standing = Standing(
            expires_at=row["expires_at"],
            country=row["account__country"],
            zone=_zone(row, strategy=strategy),
            term_state="renewed" if row["term_id"] in back else row["term__state"],
            is_in_holdout=row["account__holdout_bucket"] < held_out_below,
            is_minor=row["person__is_minor"],
            permission=permission_of(
                grounds.said[row["person_id"], _purpose_of(kind)], channel=row["channel"]
            ),
            is_unproved=(row["person_id"], row["channel"]) in unproved,
            has_address=bool(row["address"]),
            has_bounced=(row["person_id"], row["channel"], row["address"]) in grounds.bounced,
            has_open_fault=pauses and row["term__subscription_id"] in grounds.faulty,
            has_renewal_question=row["account_id"] in grounds.asking,
            # Rows that are no messages yet were looked at when their step was sorted.
            is_of_store=row.get("is_of_store", False),
            preferred=said or learned,
            is_habit=learned is not None,
        )
        template = template_of(row["template"], strategy=strategy)
        found.append(Candidate(row, template, kind, standing, past[row["person_id"]]))
    return found


def kind_of(row: Mapping[str, Any], *, strategy: Strategy) -> Kind:
    """What a message is. The class was fixed when it was planned and is not changed afterwards."""
    template = template_of(row["template"], strategy=strategy)
    message_class = MessageClass(row["message_class"])
    journey = strategy.journeys.get(row["journey"])
    steps = {step.id: step for step in journey.steps} if journey else {}
    step = steps.get(row["step"].partition("@")[0])
    return Kind(
        message_class=message_class,
        purpose=template.purpose if template else Purpose.NOTICE,
        channel=Channel(row["channel"]),
        reaches_holdout=message_class is MessageClass.LEGAL_NOTICE
        or (template is not None and template.reaches_holdout),
        # A question is about the service: it is asked whatever became of the term.
        only_if_unrenewed=step.only_if_unrenewed if step else row["journey"] != SURVEY,
        is_after_the_end=_is_after_the_end(row["journey"], strategy=strategy),
        is_awaited=is_awaited(row["template"]),
    )


def _is_after_the_end(journey: str, *, strategy: Strategy) -> bool:
    known = strategy.journeys.get(journey)
    return known is not None and known.clock is Clock.LAPSE


def _zone(row: Row, *, strategy: Strategy) -> str:
    """The reader's own zone; one that this machine does not know harms nobody else of a batch."""
    named = (row["person__zone"], row["account__zone"])
    return next((zone for zone in named if zone and _is_zone(zone)), strategy.business.zone)


@lru_cache(maxsize=1_024)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError):
        return False
    return True


def _purpose_of(kind: Kind) -> str:
    return "marketing" if kind.is_marketing else "service"


def _preferred(row: Row) -> Window | None:
    """The hours that a person named; both or none, and not the whole day."""
    opens, closes = row["person__preferred_from"], row["person__preferred_until"]
    return Window(opens, closes) if opens and closes and opens != closes else None


def _habit(
    row: Row, habits: Mapping[int, int], *, strategy: Strategy, at: datetime
) -> Window | None:
    """The hours at which a person answers, where that was learned and nothing was said."""
    hour = habits.get(row["person_id"])
    if hour is None:
        return None
    zone = _zone(row, strategy=strategy)
    return window_of(hour, business_zone=strategy.business.zone, zone=zone, at=at)


def _unproved(
    rows: Sequence[Row], *, strategy: Strategy, at: datetime
) -> frozenset[tuple[int, str]]:
    """(person, channel) whose country asks for a confirming click that never came (R-P-032)."""
    asked = {
        (row["person_id"], row["channel"])
        for row in rows
        if row["message_class"] == MessageClass.MARKETING
        and strategy.contact.asks_confirming(
            country=row["account__country"], channel=Channel(row["channel"])
        )
    }
    if not asked:
        return frozenset()
    live = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at)
    found = Consent.objects.filter(
        live, among("person_id", {person for person, _ in asked}), purpose="marketing"
    )
    return frozenset(asked - set(proved(found).values_list("person_id", "channel")))


def _back(rows: Sequence[Row], *, strategy: Strategy) -> frozenset[int]:
    """Terms that ended, and whose customer is there again: nobody wins back who came back."""
    ended = {
        row["term_id"]
        for row in rows
        if row["term__state"] in ("grace", "lapsed")
        and _is_after_the_end(row["journey"], strategy=strategy)
    }
    if not ended:
        return frozenset()
    later = Term.objects.filter(
        subscription=OuterRef("subscription"), number__gt=OuterRef("number")
    )
    found = Term.objects.filter(Exists(later), among("pk", ended))
    return frozenset(found.values_list("pk", flat=True))
