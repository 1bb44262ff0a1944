"""Live one day: what the customers, the network and the staff of a business do on it."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

import numpy as np
from django.db import transaction

from tenure.kernel.clock import instant
from tenure.kernel.periods import date_of, day_number
from tenure.observe.intake.models import Source
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.models import Subscription
from tenure.records.subscriptions.states import SubscriptionState
from tenure.strategy.sections import Strategy
from tenure.warehouse.store import current_store
from tenure.world.behaviour.choices import choose
from tenure.world.behaviour.contacts import Memory, read_messages, worked
from tenure.world.behaviour.joining import Contracts
from tenure.world.behaviour.sendings import send
from tenure.world.behaviour.settling import Scene, settle
from tenure.world.behaviour.staff import agree, hand_over_due, work
from tenure.world.behaviour.troubles import answers_of, faults_of, tickets_of
from tenure.world.behaviour.window import window
from tenure.world.chance import Flags, Wholes
from tenure.world.market.actions import ACTOR, Built, place_events
from tenure.world.market.activity import SENT, day_events, joined, opened_events
from tenure.world.market.event_files import active_on
from tenure.world.market.event_tables import event_table

_NOON, _AFTERNOON, _MIDNIGHT = time(12), time(15), time(0)
# Who calls and hands over, and who agrees: somebody else than whose strategy chose.
_STAFF = {"CN": ("何静", "许宁")}
_STAFF_ELSEWHERE = ("Jo Miles", "Alex Reed")


@dataclass(slots=True)
class Rehearsal:
    """A business that is alive, and how far its customers have read what was sent to them."""

    built: Built
    contracts: Contracts
    strategy: Strategy
    source: Source  # of events
    read_until: datetime
    memory: Memory = field(default_factory=Memory)

    @property
    def zone(self) -> str:
        return self.built.market.recipe.zone


@dataclass(frozen=True, slots=True)
class Lived:
    """What happened on one day."""

    joined: int
    received: int  # messages, noticed or not
    called: int  # and reached
    renewed: int
    cancelled: int
    failed: int
    extended: int
    faults: int
    tickets: int
    answers: int
    events: int


def live(rehearsal: Rehearsal, *, on: date) -> Lived:
    """Let everybody do what they do on a day, before the loop runs for it."""
    built, day = rehearsal.built, day_number(on)
    recipe = built.market.recipe
    ends_at = instant(date_of(day + 1), _MIDNIGHT, zone=rehearsal.zone)
    read = read_messages(
        rehearsal.memory,
        strategy=rehearsal.strategy,
        chance=recipe.chance,
        since=rehearsal.read_until,
        until=ends_at,
    )
    rehearsal.read_until = ends_at
    noon, afternoon = (instant(on, at, zone=rehearsal.zone) for at in (_NOON, _AFTERNOON))
    country = rehearsal.strategy.business.country
    desk, colleague = _STAFF.get(country, _STAFF_ELSEWHERE)
    joined_today = rehearsal.contracts.join(on=on, at=noon, by=ACTOR)
    with transaction.atomic():
        reached = work(recipe.chance, customers=recipe.customers, on=on, at=afternoon, by=desk)
        agree(on=on, at=afternoon, by=colleague)
        hand_over_due(recipe.chance, customers=recipe.customers, on=on, at=afternoon, by=desk)
        rehearsal.memory.add(reached)
        near = window(built, day=day)
        complaints = built.market.tickets.recent(near.who, np.full(len(near), day))
        contacts = worked(rehearsal.memory, near, day=day, complaints=complaints)
        chosen = choose(recipe, near, contacts=contacts, day=day)
        scene = Scene(built, near, contacts, tuple(rehearsal.strategy.reasons), on=on)
        settled = settle(scene, chosen, by=ACTOR)
        active = _active(built, day=day)
        counts = {
            "joined": joined_today,
            "received": read,
            "called": len(reached),
            **settled,
            "faults": faults_of(built, day=day),
            "tickets": tickets_of(built, day=day, active=active),
            "answers": answers_of(built, day=day, active=active),
        }
        append(Fact("world.lived", on=on, content=counts), at=ends_at, by=ACTOR)
    opened = near.who[contacts.nudged]
    return Lived(**counts, events=_send_events(rehearsal, opened, day=day, active=active))


def _active(built: Built, *, day: int) -> Flags:
    """Who is a customer on a day that is lived."""
    active = active_on(built.market, day)
    first = built.bases.account
    ended = Subscription.objects.filter(
        state=SubscriptionState.ENDED,
        ended_on__gte=built.market.recipe.history_until,
        account_id__gte=first,
        account_id__lt=first + len(active),
    )
    gone = np.array(list(ended.values_list("account_id", flat=True)), dtype=np.int64)
    active[gone - first] = False
    return active


def _send_events(rehearsal: Rehearsal, opened: Wholes, *, day: int, active: Flags) -> int:
    """What is measured comes as one file, what customers do is sent in."""
    built = rehearsal.built
    events = joined(
        [
            day_events(built.market, built.habits, day=day, active=active),
            opened_events(built.market, np.sort(opened), day=day),
        ]
    )
    at = instant(date_of(day + 1), _MIDNIGHT, zone=rehearsal.zone)
    is_sent = np.isin(events.name, SENT)
    measured = event_table(
        events.of(~is_sent),
        built.habits,
        day=day,
        zone=rehearsal.zone,
        account_ids=built.account_ids,
    )
    stored = place_events(current_store(), measured, day=day, at=at)
    return stored + send(built, events.of(is_sent), source=rehearsal.source, received_at=at)
