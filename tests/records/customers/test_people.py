"""DAT-01, DAT-06: one row per customer however often it is told, and preferences that are kept."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from tenure.records.customers.actions import (
    add_contact_point,
    give_consent,
    mark_bounced,
    set_preferences,
    upsert_account,
    upsert_person,
    withdraw_consent,
)
from tenure.records.customers.models import Account, Consent, ContactPoint, Person
from tenure.records.customers.queries import (
    allows,
    consents_of,
    people_of,
    primary_person,
    usable_points,
)
from tenure.records.customers.rules import (
    Address,
    CurrencyChanged,
    HalfAnHourRange,
    Member,
    Permission,
    Preferences,
    Profile,
    UnknownChannel,
    UnknownLanguage,
)
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply
from tenure.strategy.loading import PRESETS
from tests.builders import AS_OF, AT, a_person

PROFILE = Profile("crm", "A-1", "张伟", "CNY", date(2024, 3, 1), region="浙江")


@pytest.fixture
def strategy(either_database: str) -> None:
    apply(PRESETS / "broadband", by="user:1", at=AT)


def upsert(profile: Profile) -> Account:
    return upsert_account(profile, on=AS_OF, at=AT, by="import:crm")


def test_an_account_told_twice_is_one_account(strategy: None) -> None:
    """DAT-01: idempotent on (source, external id); the bucket follows from the id alone."""
    first = upsert(PROFILE)
    second = upsert(PROFILE)

    assert first.pk == second.pk
    assert Account.objects.count() == 1
    assert Entry.objects.filter(kind__startswith="account.").count() == 1
    # SHA-256 of "holdout-1:A-1", its first 15 hex digits, modulo 10,000.
    assert first.holdout_bucket == 8_696


def test_what_changed_is_named_in_the_journal(strategy: None) -> None:
    upsert(PROFILE)

    changed = upsert(replace(PROFILE, name="张伟强", region="江苏"))

    assert (changed.name, changed.region) == ("张伟强", "江苏")
    entry = Entry.objects.get(kind="account.changed")
    assert entry.content == {"changed": ["name", "region"]}


def test_an_account_keeps_its_currency(strategy: None) -> None:
    upsert(PROFILE)

    with pytest.raises(CurrencyChanged, match="billed in CNY and cannot change to USD"):
        upsert(replace(PROFILE, name="X", currency="USD"))

    assert Account.objects.get().name == "张伟"


def test_people_of_an_account_are_told_once_and_the_primary_one_is_known(strategy: None) -> None:
    account = upsert(PROFILE)
    wife = Member(account.pk, "P-2", "李娜", is_primary=False)
    for member in (wife, Member(account.pk, "P-1", "张伟"), wife):
        upsert_person(member, on=AS_OF, at=AT, by="import:crm")

    assert [one.external_id for one in people_of(account.pk)] == ["P-1", "P-2"]
    primary = primary_person(account.pk)
    assert primary is not None
    assert primary.name == "张伟"
    assert Entry.objects.filter(kind="person.created").count() == 2
    assert Entry.objects.filter(kind="person.changed").count() == 0


def test_an_address_is_added_once_and_not_used_after_it_bounced(either_database: str) -> None:
    person = a_person(email=None)
    for _ in range(2):
        add_contact_point(person.pk, Address("phone", "13800000000"), on=AS_OF, at=AT, by="u")
    assert [one.address for one in usable_points(person.pk)] == ["13800000000"]

    first = mark_bounced(person.pk, channel="phone", on=AS_OF, at=AT, by="u")
    second = mark_bounced(person.pk, channel="phone", on=AS_OF, at=AT, by="u")

    assert (first, second) == (1, 0)
    assert usable_points(person.pk) == []
    assert ContactPoint.objects.get().bounced_at == AT
    kinds = Entry.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["contact_point.added", "contact_point.bounced"]


def test_an_unknown_channel_is_refused(either_database: str) -> None:
    person = a_person(email=None)

    with pytest.raises(UnknownChannel, match="Unknown channel: fax; possible: email, phone"):
        add_contact_point(person.pk, Address("fax", "1"), on=AS_OF, at=AT, by="u")

    assert ContactPoint.objects.count() == 0


def test_consent_is_given_once_withdrawn_once_and_never_overwritten(either_database: str) -> None:
    person = a_person(consents=())
    permission = Permission("marketing", "email", evidence="form 7")
    give_consent(person.pk, permission, on=AS_OF, at=AT, by="u")
    give_consent(person.pk, permission, on=AS_OF, at=AT + timedelta(hours=1), by="u")
    allowed_between = allows(person.pk, purpose="marketing", channel="email")

    withdrawn = withdraw_consent(person.pk, purpose="marketing", on=AS_OF, at=AT, by="u")
    again = withdraw_consent(person.pk, purpose="marketing", on=AS_OF, at=AT, by="u")
    allowed_after = allows(person.pk, purpose="marketing", channel="email")
    give_consent(person.pk, permission, on=AS_OF, at=AT + timedelta(days=1), by="u")

    assert (allowed_between, allowed_after) == (True, False)
    assert (withdrawn, again) == (["email"], [])
    rows = [(one.given_at, one.withdrawn_at) for one in consents_of(person.pk)]
    assert rows == [(AT + timedelta(days=1), None), (AT, AT)]
    kinds = Entry.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["consent.given", "consent.withdrawn", "consent.given"]


def test_a_withdrawal_counts_on_every_channel_and_for_one_purpose(either_database: str) -> None:
    person = a_person(phone="13800000000")

    channels = withdraw_consent(person.pk, purpose="marketing", on=AS_OF, at=AT, by="u")

    assert channels == ["email", "phone"]
    live = Consent.objects.filter(withdrawn_at=None).order_by("channel")
    assert list(live.values_list("purpose", "channel")) == [
        ("service", "email"),
        ("service", "phone"),
    ]


def test_preferences_are_kept_and_the_journal_says_what_they_were(either_database: str) -> None:
    """DAT-06: channel, time of day and language, per person."""
    person = a_person()
    wanted = Preferences(
        "en", channels=("phone", "email"), hours_from=time(18), hours_until=time(20, 30)
    )

    set_preferences(person.pk, wanted, on=AS_OF, at=AT, by="user:7")
    set_preferences(person.pk, wanted, on=AS_OF, at=AT, by="user:7")

    stored = Person.objects.get()
    assert (stored.language, stored.preferred_channels) == ("en", ["phone", "email"])
    assert (stored.preferred_from, stored.preferred_until) == (time(18), time(20, 30))
    assert Entry.objects.get().content["changed"] == {
        "language": ["zh-Hans", "en"],
        "preferred_channels": [[], ["phone", "email"]],
        "preferred_from": [None, "18:00:00"],
        "preferred_until": [None, "20:30:00"],
    }


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (Preferences("fr"), UnknownLanguage),
        (Preferences("en", channels=("pigeon",)), UnknownChannel),
        (Preferences("en", hours_from=time(9)), HalfAnHourRange),
    ],
)
def test_preferences_that_nobody_could_obey_are_refused(
    db: None, wanted: Preferences, refusal: type[Exception]
) -> None:
    person = a_person()

    with pytest.raises(refusal):
        set_preferences(person.pk, wanted, on=AS_OF, at=AT, by="user:7")

    assert Person.objects.get().language == "zh-Hans"
    assert Entry.objects.count() == 0
