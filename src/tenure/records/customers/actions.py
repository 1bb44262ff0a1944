"""Write who a customer is, how to reach them and what they allow; each change is in the journal."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from tenure.records.customers.confirming import drop_waiting
from tenure.records.customers.models import (
    Account,
    Consent,
    ContactPoint,
    Person,
    TagRefusal,
)
from tenure.records.customers.queries import choices_of
from tenure.records.customers.rules import (
    Address,
    Choice,
    CurrencyChanged,
    Member,
    Permission,
    Preferences,
    Profile,
    check_channels,
    check_preferences,
)
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import current


@transaction.atomic
def upsert_account(profile: Profile, *, on: date, at: datetime, by: str) -> Account:
    """The account of a source and external id, as told now; told again, nothing changes.

    Raises:
        CurrencyChanged: it is billed in another currency.
    """
    values = asdict(profile)
    key = {"source": values.pop("source"), "external_id": values.pop("external_id")}
    account = Account.objects.select_for_update().filter(**key).first()
    if account is None:
        # The external id alone: whoever two sources know by one id is held out in both or neither.
        bucket = current().experiments.bucket_of(profile.external_id)
        account = Account.objects.create(**key, **values, holdout_bucket=bucket, recorded_at=at)
        append(_about("account.created", account.pk, on=on), at=at, by=by)
        return account
    if account.currency != profile.currency:
        raise CurrencyChanged(
            account=account.external_id, old=account.currency, new=profile.currency
        )
    if changed := _change(account, values):
        append(_about("account.changed", account.pk, on=on, changed=changed), at=at, by=by)
    return account


@transaction.atomic
def upsert_person(member: Member, *, on: date, at: datetime, by: str) -> Person:
    """A person of an account, as told now; told again, nothing changes."""
    values = asdict(member)
    key = {"account_id": values.pop("account_id"), "external_id": values.pop("external_id")}
    person = Person.objects.select_for_update().filter(**key).first()
    if person is None:
        person = Person.objects.create(**key, **values)
        fact = _about("person.created", member.account_id, on=on, person=person.pk)
        append(fact, at=at, by=by)
    elif changed := _change(person, values):
        fact = _about("person.changed", member.account_id, on=on, changed=changed)
        append(fact, at=at, by=by)
    return person


@transaction.atomic
def add_contact_point(
    person_id: int, where: Address, *, on: date, at: datetime, by: str
) -> ContactPoint:
    """An address of a person; added again, the one that is there."""
    check_channels([where.channel])
    person = Person.objects.get(pk=person_id)
    row = (person.pk, where.channel, where.address)
    if insert_rows(ContactPoint, [row], columns=("person_id", "channel", "address")):
        content = {"person": person.pk, "channel": where.channel}
        append(_about("contact_point.added", person.account_id, on=on, **content), at=at, by=by)
    return ContactPoint.objects.get(person=person, **asdict(where))


@transaction.atomic
def give_consent(
    person_id: int, permission: Permission, *, on: date, at: datetime, by: str
) -> Consent:
    """A permission with its evidence; given again while it holds, nothing changes."""
    person = Person.objects.select_for_update().get(pk=person_id)
    held = Consent.objects.filter(
        person=person,
        purpose=permission.purpose,
        channel=permission.channel,
        withdrawn_at=None,
    ).first()
    if held is not None:
        return held
    consent = Consent.objects.create(person=person, given_at=at, **asdict(permission))
    content = {"person": person.pk, **asdict(permission)}
    append(_about("consent.given", person.account_id, on=on, **content), at=at, by=by)
    return consent


@transaction.atomic
def withdraw_consent(person_id: int, *, purpose: str, on: date, at: datetime, by: str) -> list[str]:
    """Take a permission back, on every channel at once (R-C-034); the channels it held on.

    The rows stay, with the instant of the withdrawal: what was allowed when can be shown later.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    drop_waiting(person.pk, purpose=purpose, at=at)
    held = Consent.objects.filter(person=person, purpose=purpose, withdrawn_at=None)
    channels = list(held.order_by("channel").values_list("channel", flat=True))
    if channels:
        held.update(withdrawn_at=at)
        content = {"person": person.pk, "purpose": purpose, "channels": channels}
        append(_about("consent.withdrawn", person.account_id, on=on, **content), at=at, by=by)
    return channels


@transaction.atomic
def choose(
    person_id: int, choices: Sequence[Choice], *, on: date, at: datetime, by: str
) -> list[Choice]:
    """What a person allows, purpose by purpose and channel by channel (R-P-034).

    A permission that was never asked for can be refused as well: the refusal is a row that was
    withdrawn as it was made. Nothing is overwritten.

    Returns:
        The choices that changed something.
    """
    check_channels({one.channel for one in choices})
    person = Person.objects.select_for_update().get(pk=person_id)
    for one in choices:
        if not one.is_allowed:
            drop_waiting(person.pk, purpose=one.purpose, channel=one.channel, at=at)
    said = choices_of(person_id)
    changed = [one for one in choices if said.get((one.purpose, one.channel)) != one.is_allowed]
    for one in changed:
        held = Consent.objects.filter(
            person=person, purpose=one.purpose, channel=one.channel, withdrawn_at=None
        )
        if not held.update(withdrawn_at=at):
            Consent.objects.create(
                person=person,
                purpose=one.purpose,
                channel=one.channel,
                evidence=one.evidence,
                given_at=at,
                withdrawn_at=None if one.is_allowed else at,
            )
        kind = "consent.given" if one.is_allowed else "consent.withdrawn"
        content = {"person": person.pk, **asdict(one)}
        append(_about(kind, person.account_id, on=on, **content), at=at, by=by)
    return changed


@transaction.atomic
def refuse_tag(account_id: int, tag: str, *, on: date, at: datetime, by: str) -> bool:
    """Delete a tag from an account for good; False where it was deleted before."""
    columns = ("account_id", "tag", "refused_at")
    if not insert_rows(TagRefusal, [(account_id, tag, at)], columns=columns):
        return False
    append(_about("tag.refused", account_id, on=on, tag=tag), at=at, by=by)
    return True


@transaction.atomic
def set_preferences(
    person_id: int, wanted: Preferences, *, on: date, at: datetime, by: str
) -> Person:
    """How a person wants to be written to (DAT-06); the journal keeps what it was before."""
    check_preferences(wanted)
    person = Person.objects.select_for_update().get(pk=person_id)
    values = {
        "language": wanted.language,
        "zone": wanted.zone,
        "preferred_channels": list(wanted.channels),
        "preferred_from": wanted.hours_from,
        "preferred_until": wanted.hours_until,
        "personalised": wanted.personalised,
    }
    before = {name: getattr(person, name) for name in values}
    if changed := _change(person, values):
        moves = {name: [_plain(before[name]), _plain(values[name])] for name in changed}
        content = {"person": person.pk, "changed": moves}
        append(_about("person.preferences_set", person.account_id, on=on, **content), at=at, by=by)
    return person


@transaction.atomic
def mark_bounced(person_id: int, *, channel: str, on: date, at: datetime, by: str) -> int:
    """Nobody is there: a person's addresses on a channel are never used again. How many."""
    person = Person.objects.get(pk=person_id)
    points = ContactPoint.objects.filter(person=person, channel=channel, bounced_at=None)
    count = points.update(bounced_at=at)
    if count:
        content = {"person": person.pk, "channel": channel}
        append(_about("contact_point.bounced", person.account_id, on=on, **content), at=at, by=by)
    return count


def _change(row: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Set what differs; the names of the changed fields, none where nothing did."""
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    return changed


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | list) else str(value)


def _about(kind: str, account_id: int, *, on: date, **content: Any) -> Fact:
    return Fact(kind, on=on, account_id=account_id, content=content)
