"""Who the customer is, and what may be sent to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum

from tenure.act.messages.rules import Permission, permission_of
from tenure.kernel.clock import instant
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Account, Consent, ContactPoint, Person
from tenure.strategy.contact import Cap, CapScope
from tenure.strategy.messages import MessageClass
from tenure.strategy.sections import Strategy
from tenure.surfaces.customer_view.shapes import (
    ChannelRules,
    Profile,
    Usage,
    Worth,
)
from tenure.surfaces.customer_view.shapes import ContactPoint as Point

MARKETING, SERVICE = "marketing", "service"
CHANNELS: Final = ("email", "sms", "phone", "push")
SENT_DAYS: Final = 30
REMEMBERED_DAYS: Final = 400  # offers of the last year, and what became of them


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that went out, or was opened."""

    message_class: str
    template: str
    channel: str
    state: str
    sent_at: datetime | None
    decision_id: int | None


@dataclass(frozen=True, slots=True)
class Party:
    """The account with its primary person, their addresses and consents."""

    account: Account
    person: Person | None
    points: tuple[ContactPoint, ...]
    consents: tuple[Consent, ...]
    sent: tuple[Sent, ...]

    @property
    def zone(self) -> str:
        """The zone in which the person's day is counted; empty: the business's."""
        return (self.person.zone if self.person else "") or self.account.zone


def with_payments() -> QuerySet[Account]:
    """Accounts, each with what it paid: number, sum and last day."""
    paid = (
        Payment.objects.filter(
            account=OuterRef("pk"), state=Payment.State.SUCCEEDED, currency=OuterRef("currency")
        )
        .order_by()
        .values("account")
    )
    return Account.objects.annotate(
        paid_minor=Subquery(paid.annotate(one=Sum("amount_minor")).values("one")),
        payments=Subquery(paid.annotate(one=Count("pk")).values("one")),
        last_paid_on=Subquery(paid.annotate(one=Max("paid_on")).values("one")),
    )


def party_of(account: Account, *, at: datetime) -> Party:
    """Read whom we deal with: four queries."""
    person = Person.objects.filter(account=account).order_by("-is_primary", "pk").first()
    whose = Q(person=person)
    points = ContactPoint.objects.filter(whose).order_by("channel", "pk")
    consents = Consent.objects.filter(whose, given_at__lte=at).order_by("given_at", "pk")
    messages = Message.objects.filter(
        account=account, planned_at__gt=at - timedelta(days=REMEMBERED_DAYS), sent_at__lte=at
    )
    columns = ("message_class", "template", "channel", "state", "sent_at", "decision_id")
    return Party(
        account=account,
        person=person,
        points=tuple(points),
        consents=tuple(consents),
        sent=tuple(Sent(*row) for row in messages.order_by("sent_at").values_list(*columns)),
    )


def profile(party: Party, *, strategy: Strategy) -> Profile:
    """Who the customer is, unmasked."""
    account, person = party.account, party.person
    return Profile(
        account_id=account.pk,
        source=account.source,
        external_id=account.external_id,
        name=account.name,
        kind=account.kind,
        country=account.country,
        region=account.region,
        zone=party.zone or strategy.business.zone,
        currency=account.currency,
        sales_channel=account.sales_channel,
        started_on=account.started_on,
        language=person.language if person else strategy.business.language,
        is_personalised=person.personalised if person else True,
        is_minor=person.is_minor if person else False,
        in_holdout=account.holdout_bucket < strategy.experiments.holdout_below,
        is_masked=False,
        person_id=person.pk if person else None,
        contact_points=tuple(
            Point(one.channel, one.address, one.bounced_at is not None) for one in party.points
        ),
    )


def worth(party: Party) -> Worth:
    """What the account paid, in its own currency."""
    account = party.account
    return Worth(
        paid=Money(getattr(account, "paid_minor", None) or 0, account.currency),
        payments=getattr(account, "payments", None) or 0,
        last_paid_on=getattr(account, "last_paid_on", None),
    )


def channel_rules(party: Party, *, at: datetime) -> tuple[ChannelRules, ...]:
    """What may go out on each channel that the customer has."""
    reachable = {one.channel for one in party.points}
    recent = at - timedelta(days=SENT_DAYS)
    found = []
    for channel in CHANNELS:
        # A telephone number takes both calls and short messages.
        if channel not in reachable and not (channel == "sms" and "phone" in reachable):
            continue
        sent = [one for one in party.sent if one.channel == channel and one.sent_at]
        marketing = _given(party.consents, MARKETING, channel=channel, at=at)
        found.append(
            ChannelRules(
                channel=channel,
                service_is_allowed=_may_serve(party.consents, channel=channel, at=at),
                marketing_is_allowed=marketing is not None,
                marketing_since=marketing,
                sent_30_days=sum(one.sent_at > recent for one in sent if one.sent_at),
            )
        )
    return tuple(found)


def _said(consents: Sequence[Consent], purpose: str, *, at: datetime) -> Mapping[str, bool]:
    """Channel → whether it is given now; the newest word counts."""
    return {
        one.channel: one.withdrawn_at is None or one.withdrawn_at > at
        for one in consents
        if one.purpose == purpose
    }


def _may_serve(consents: Sequence[Consent], *, channel: str, at: datetime) -> bool:
    """Service needs no consent; it only ends when somebody says so."""
    permission = permission_of(_said(consents, SERVICE, at=at), channel=channel)
    return permission is not Permission.WITHDRAWN


def _given(
    consents: Sequence[Consent], purpose: str, *, channel: str, at: datetime
) -> datetime | None:
    """Since when a purpose is allowed on a channel; None where it is not."""
    if not _said(consents, purpose, at=at).get(channel, False):
        return None
    newest = [one for one in consents if one.purpose == purpose and one.channel == channel]
    return newest[-1].given_at


def caps(party: Party, *, strategy: Strategy, at: datetime) -> tuple[Usage, ...]:
    """How much of each marketing cap is used, counted in the recipient's civil days."""
    zone = party.zone or strategy.business.zone
    return tuple(
        Usage(cap.id, cap.name, _used(cap, party.sent, zone=zone, at=at), cap.at_most)
        for cap in strategy.contact.caps
        if MessageClass.MARKETING in cap.classes and cap.scope is CapScope.PERSON
    )


def _used(cap: Cap, sent: Sequence[Sent], *, zone: str, at: datetime) -> int:
    first = at.astimezone(ZoneInfo(zone)).date() - timedelta(days=cap.days - 1)
    since = instant(first, time(0), zone=zone)
    return sum(
        one.message_class in cap.classes for one in sent if one.sent_at and since <= one.sent_at
    )
