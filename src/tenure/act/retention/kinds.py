"""What goes when its time is over: one line for each list of rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.sessions.models import Session
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from tenure.act.channels.models import Carriage, ChannelEvent
from tenure.act.retention.rules import Horizon
from tenure.observe.intake.models import InboxEvent, Quarantine
from tenure.records.access.models import CustomerSession, LoginCode
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import ConsentRequest
from tenure.records.journal.models import Entry
from tenure.records.retention.queries import held_accounts
from tenure.records.subscriptions.states import LIVE
from tenure.records.webhooks.models import WebhookAttempt, WebhookDelivery
from tenure.records.webhooks.states import DeliveryState
from tenure.strategy.retention import Kept

type Rows = QuerySet[Any]

_WAITING: Final = (MessageState.PLANNED, MessageState.SENDING)


@dataclass(frozen=True, slots=True)
class Goes:
    """One list of rows of a kind.

    `find` gives all whose time is over and that nothing keeps. `written` names the instant in
    whose order the rows were written: such a list is read from its beginning and no further than
    its time, so that a night costs little. `blanks` empties rows instead of taking them away, and
    then the next night goes on where this one ended.
    """

    name: str
    kept: Kept
    model: type[Model]
    find: Callable[[Horizon], Rows]
    written: str = ""
    until: Callable[[Horizon], datetime] | None = None
    blanks: Mapping[str, Any] | None = None

    def ends(self, horizon: Horizon) -> datetime:
        """What was written from this instant on is looked at by no night yet."""
        return self.until(horizon) if self.until else horizon.instant(self.kept)

    def carry_out(self, rows: Rows) -> int:
        """Let these rows go; how many."""
        if self.blanks is not None:
            return int(rows.update(**self.blanks))
        return int(rows.delete()[1].get(self.model._meta.label, 0))


def _of_nobody_held(rows: Rows, owner: str = "account_id") -> Rows:
    held = Q(**{f"{owner}__in": held_accounts()})
    return rows.exclude(held)


def _bodies(horizon: Horizon) -> Rows:
    """Texts of messages; texts of notices are a list of their own."""
    old = Message.objects.filter(planned_at__lt=horizon.instant(Kept.MESSAGE_BODIES))
    return _texts(old.exclude(message_class=Message.Class.LEGAL_NOTICE))


def _notices(horizon: Horizon) -> Rows:
    """Texts of notices: as long as the evidence, and a while after the end of the contract."""
    old = Message.objects.filter(
        planned_at__lt=horizon.notices,
        message_class=Message.Class.LEGAL_NOTICE,
        term__subscription__ended_on__lt=horizon.ended,
    )
    return _texts(old)


def _texts(rows: Rows) -> Rows:
    written = rows.exclude(state__in=_WAITING).exclude(subject="", body="")
    return _of_nobody_held(written)


def _carriages(horizon: Horizon) -> Rows:
    old = Carriage.objects.filter(opened_at__lt=horizon.instant(Kept.RECEIPTS))
    return _of_nobody_held(old, "message__account_id")


def _channel_events(horizon: Horizon) -> Rows:
    return ChannelEvent.objects.filter(received_at__lt=horizon.instant(Kept.RECEIPTS))


def _attempts(horizon: Horizon) -> Rows:
    old = WebhookAttempt.objects.filter(at__lt=horizon.instant(Kept.RECEIPTS))
    return _of_nobody_held(old, "delivery__entry__account_id")


def _deliveries(horizon: Horizon) -> Rows:
    old = WebhookDelivery.objects.filter(created_at__lt=horizon.instant(Kept.RECEIPTS)).exclude(
        state=DeliveryState.WAITING
    )
    tried = WebhookAttempt.objects.filter(delivery=OuterRef("pk"))
    return _of_nobody_held(old.exclude(Exists(tried)), "entry__account_id")


def _entries(horizon: Horizon) -> Rows:
    """The journal, without what still guards a running term and what is still told elsewhere."""
    old = Entry.objects.filter(at__lt=horizon.instant(Kept.AUDIT)).exclude(term__state__in=LIVE)
    told = WebhookDelivery.objects.filter(entry=OuterRef("pk"))
    return _of_nobody_held(old.exclude(Exists(told)))


def _inbox(horizon: Horizon) -> Rows:
    return _of_nobody_held(InboxEvent.objects.filter(day__lt=horizon.day(Kept.RAW_EVENTS)))


def _quarantine(horizon: Horizon) -> Rows:
    return Quarantine.objects.filter(at__lt=horizon.instant(Kept.RAW_EVENTS))


def _sessions(horizon: Horizon) -> Rows:
    ended = CustomerSession.objects.alias(ended_at=Coalesce("closed_at", "expires_at"))
    return _of_nobody_held(ended.filter(ended_at__lt=horizon.instant(Kept.SESSIONS)))


def _codes(horizon: Horizon) -> Rows:
    old = LoginCode.objects.filter(expires_at__lt=horizon.instant(Kept.SESSIONS))
    return _of_nobody_held(old, "person__account_id")


def _unconfirmed(horizon: Horizon) -> Rows:
    """What was ticked and never confirmed proves nothing; a confirmed one is the evidence."""
    old = ConsentRequest.objects.filter(
        confirmed_at__isnull=True, expires_at__lt=horizon.instant(Kept.SESSIONS)
    )
    return _of_nobody_held(old, "person__account_id")


def _staff_sessions(horizon: Horizon) -> Rows:
    return Session.objects.filter(expire_date__lt=horizon.instant(Kept.SESSIONS))


# In this order: what others point to comes after them.
GOES: Final = (
    Goes(
        "message_bodies",
        Kept.MESSAGE_BODIES,
        Message,
        _bodies,
        written="planned_at",
        blanks={"subject": "", "body": ""},
    ),
    Goes(
        "notice_bodies",
        Kept.MESSAGE_BODIES,
        Message,
        _notices,
        written="planned_at",
        until=lambda horizon: horizon.notices,
        blanks={"subject": "", "body": ""},
    ),
    Goes("carriages", Kept.RECEIPTS, Carriage, _carriages, written="opened_at"),
    Goes("channel_events", Kept.RECEIPTS, ChannelEvent, _channel_events, written="received_at"),
    Goes("webhook_attempts", Kept.RECEIPTS, WebhookAttempt, _attempts, written="at"),
    Goes("webhook_deliveries", Kept.RECEIPTS, WebhookDelivery, _deliveries, written="created_at"),
    Goes("journal", Kept.AUDIT, Entry, _entries, written="at"),
    Goes("inbox", Kept.RAW_EVENTS, InboxEvent, _inbox),
    Goes("quarantine", Kept.RAW_EVENTS, Quarantine, _quarantine),
    Goes("customer_sessions", Kept.SESSIONS, CustomerSession, _sessions),
    Goes("login_codes", Kept.SESSIONS, LoginCode, _codes),
    Goes("consent_requests", Kept.SESSIONS, ConsentRequest, _unconfirmed),
    Goes("staff_sessions", Kept.SESSIONS, Session, _staff_sessions),
)
# These go on where the last night ended; nothing but a hold, which begins anew, kept a row back.
GOES_ON: Final = frozenset({"message_bodies"})
