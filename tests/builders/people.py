"""Accounts and the people in them."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any

from tenure.records.customers.models import Account, Consent, ContactPoint, Person
from tests.builders.moments import AT, at_on, day, fresh

PURPOSES = ("service", "marketing")


def an_account(
    *,
    external_id: str | None = None,
    source: str = "test",
    name: str = "张伟",
    kind: str = Account.Kind.HOUSEHOLD,
    region: str = "浙江",
    country: str = "CN",
    zone: str = "",
    currency: str = "CNY",
    sales_channel: str = "store",
    started_on: date | None = None,
    holdout_bucket: int = 5_000,
    in_holdout: bool = False,
    attributes: dict[str, Any] | None = None,
    recorded_at: datetime | None = None,
    person: bool = True,
    **of_person: Any,
) -> Account:
    """An account and, unless `person=False`, its primary person (see `a_person` for the rest)."""
    account = Account.objects.create(
        source=source,
        external_id=external_id or fresh("account"),
        name=name,
        kind=kind,
        region=region,
        country=country,
        zone=zone,
        currency=currency,
        sales_channel=sales_channel,
        started_on=started_on or day(-700),
        holdout_bucket=0 if in_holdout else holdout_bucket,
        attributes=attributes or {},
        recorded_at=recorded_at or at_on(day(-700)),
    )
    if person:
        a_person(account=account, name=name, **of_person)
    return account


def a_person(
    *,
    account: Account | None = None,
    external_id: str | None = None,
    name: str = "张伟",
    language: str = "zh-Hans",
    zone: str = "",
    primary: bool = True,
    minor: bool = False,
    email: str | None = "",
    phone: str | None = None,
    consents: Collection[str] = PURPOSES,
    preferred_channels: Collection[str] = (),
    preferred_from: time | None = None,
    preferred_until: time | None = None,
    personalised: bool = True,
    born_year: int | None = 1988,
) -> Person:
    """A person; `email=None` is no address, "" a made-up one; `consents` hold on each channel."""
    person = Person.objects.create(
        account=account or an_account(person=False),
        external_id=external_id or fresh("person"),
        name=name,
        language=language,
        zone=zone,
        is_primary=primary,
        is_minor=minor,
        born_year=born_year,
        preferred_channels=list(preferred_channels),
        preferred_from=preferred_from,
        preferred_until=preferred_until,
        personalised=personalised,
    )
    if email is not None:
        address = email or f"{person.external_id}@example.com"
        a_contact_point(person=person, channel="email", address=address)
    if phone is not None:
        a_contact_point(person=person, channel="phone", address=phone)
    channels = [name for name, held in (("email", email), ("phone", phone)) if held is not None]
    for purpose in consents:
        for channel in channels:
            a_consent(person=person, purpose=purpose, channel=channel)
    return person


def primary_person(account: Account) -> Person:
    """The account's primary person."""
    return Person.objects.get(account=account, is_primary=True)


def a_contact_point(
    *,
    person: Person | None = None,
    channel: str = "email",
    address: str | None = None,
    bounced_at: datetime | None = None,
) -> ContactPoint:
    return ContactPoint.objects.create(
        person=person or a_person(email=None, consents=()),
        channel=channel,
        address=address or f"{fresh('box')}@example.com",
        bounced_at=bounced_at,
    )


def a_consent(
    *,
    person: Person | None = None,
    purpose: str = "marketing",
    channel: str = "email",
    given_at: datetime | None = None,
    withdrawn_at: datetime | None = None,
    double_opt_in_at: datetime | None = None,
) -> Consent:
    return Consent.objects.create(
        person=person or a_person(consents=()),
        purpose=purpose,
        channel=channel,
        given_at=given_at or min(AT, at_on(day(-365))),
        withdrawn_at=withdrawn_at,
        evidence="signed at the counter",
        double_opt_in_at=double_opt_in_at,
    )
