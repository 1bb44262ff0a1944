"""Who the customer is, and what may be sent to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, DateTimeField, F, Max, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Cast

from tenure.act.messages.rules import Permission, permission_of
from tenure.kernel.clock import instant
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Account, Consent, ContactPoint, Person, TagRefusal
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
_POINT, _CONSENT, _REFUSAL = "point", "consent", "refusal"
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
class Address:
    """Where the person can be reached."""

    channel: str
    address: str
    bounced_at: datetime | None


@dataclass(frozen=True, slots=True)
class Word:
    """What the person once allowed on a channel."""

    channel: str
    purpose: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Party:
    """The account with its primary person, their addresses and consents, and refused tags."""

    account: Account
    person: Person | None
    points: tuple[Address, ...]
    consents: tuple[Word, ...]
    refused: frozenset[str]
    sent: tuple[Sent, ...]
    worth: Worth

    @property
    def zone(self) -> str:
        """The zone in which the person's day is counted; empty: the business's."""
        return (self.person.zone if self.person else "") or self.account.zone


def party_of(account_id: int, *, at: datetime) -> Party | None:
    """Read whom we deal with: three queries, and one more for an account without a person."""
    persons = Person.objects.filter(account=account_id).select_related("account")
    person = (
        persons.annotate(**_paid("account_id", currency="account__currency"))
        .order_by("-is_primary", "pk")
        .first()
    )
    found: Account | Person | None = person
    if person is None:
        accounts = Account.objects.annotate(**_paid("pk", currency="currency"))
        found = accounts.filter(pk=account_id).first()
    if found is None:
        return None
    account = found.account if isinstance(found, Person) else found
    points, consents, refused = _said_by(account.pk, person.pk if person else None, at=at)
    messages = Message.objects.filter(
        account=account, planned_at__gt=at - timedelta(days=REMEMBERED_DAYS), sent_at__lte=at
    )
    columns = ("message_class", "template", "channel", "state", "sent_at", "decision_id")
    return Party(
        account=account,
        person=person,
        points=points,
        consents=consents,
        refused=refused,
        sent=tuple(Sent(*row) for row in messages.order_by("sent_at").values_list(*columns)),
        worth=_worth(found, currency=account.currency),
    )


def _paid(account: str, *, currency: str) -> dict[str, Subquery]:
    """What an account paid in its own currency: number, sum and last day."""
    paid = (
        Payment.objects.filter(
            account=OuterRef(account), state=Payment.State.SUCCEEDED, currency=OuterRef(currency)
        )
        .order_by()
        .values("account")
    )
    return {
        "paid_minor": Subquery(paid.annotate(one=Sum("amount_minor")).values("one")),
        "payments": Subquery(paid.annotate(one=Count("pk")).values("one")),
        "last_paid_on": Subquery(paid.annotate(one=Max("paid_on")).values("one")),
    }


def _worth(found: Account | Person, *, currency: str) -> Worth:
    """What the query of `_paid` found."""
    return Worth(
        paid=Money(getattr(found, "paid_minor", None) or 0, currency),
        payments=getattr(found, "payments", None) or 0,
        last_paid_on=getattr(found, "last_paid_on", None),
    )


def _said_by(
    account_id: int, person_id: int | None, *, at: datetime
) -> tuple[tuple[Address, ...], tuple[Word, ...], frozenset[str]]:
    """Addresses by channel, consents by time, and the tags that were deleted: one query."""
    never = Cast(Value(None), DateTimeField())
    points = ContactPoint.objects.filter(person=person_id).annotate(
        said=Value(_POINT),
        what=F("address"),
        where=F("channel"),
        one_at=F("bounced_at"),
        until=never,
    )
    consents = Consent.objects.filter(person=person_id, given_at__lte=at).annotate(
        said=Value(_CONSENT),
        what=F("purpose"),
        where=F("channel"),
        one_at=F("given_at"),
        until=F("withdrawn_at"),
    )
    refusals = TagRefusal.objects.filter(account=account_id).annotate(
        said=Value(_REFUSAL), what=F("tag"), where=Value(""), one_at=F("refused_at"), until=never
    )
    columns = ("said", "pk", "what", "where", "one_at", "until")
    of_each = (one.order_by().values_list(*columns) for one in (consents, refusals))
    rows = list(points.order_by().values_list(*columns).union(*of_each, all=True))
    addresses = sorted((row for row in rows if row[0] == _POINT), key=lambda row: (row[3], row[1]))
    words = sorted((row for row in rows if row[0] == _CONSENT), key=lambda row: (row[4], row[1]))
    return (
        tuple(Address(channel, address, at) for _, _, address, channel, at, _ in addresses),
        tuple(Word(channel, purpose, *times) for _, _, purpose, channel, *times in words),
        frozenset(row[2] for row in rows if row[0] == _REFUSAL),
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


def _said(consents: Sequence[Word], purpose: str, *, at: datetime) -> Mapping[str, bool]:
    """Channel → whether it is given now; the newest word counts."""
    return {
        one.channel: one.withdrawn_at is None or one.withdrawn_at > at
        for one in consents
        if one.purpose == purpose
    }


def _may_serve(consents: Sequence[Word], *, channel: str, at: datetime) -> bool:
    """Service needs no consent; it only ends when somebody says so."""
    permission = permission_of(_said(consents, SERVICE, at=at), channel=channel)
    return permission is not Permission.WITHDRAWN


def _given(
    consents: Sequence[Word], purpose: str, *, channel: str, at: datetime
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
