"""Anonymous visits find their customer when somebody says who it was."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tenure.kernel.clock import to_us
from tenure.observe.intake.actions import seal, undo_link
from tenure.observe.intake.models import IdentityLink, InboxEvent
from tenure.records.customers.models import Account, Person
from tenure.records.journal.models import Entry
from tenure.warehouse.store import Store
from tests.observe.intake.sendings import RECEIVED, a_source, a_track, an_account, send
from tests.observe.intake.test_sealing import stored

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 1)
NIGHT = datetime(2026, 6, 1, 18, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(home=tmp_path)


@pytest.mark.usefixtures("either_database")
def test_a_visit_waits_until_identify_names_its_customer(store: Store) -> None:
    account, source = an_account("u1"), a_source()
    visit = a_track("Page Viewed", userId=None, anonymousId="anon-1")
    send(visit, source=source)
    waiting = seal(as_of=DAY, at=NIGHT, store=store)
    next_night = NIGHT + timedelta(days=1)
    send(
        {"type": "identify", "userId": "u1", "anonymousId": "anon-1", "messageId": "i1"},
        source=source,
        received_at=RECEIVED + timedelta(days=1),
    )

    found = seal(as_of=DAY + timedelta(days=1), at=next_night, store=store)

    assert (waiting["events"], waiting["waiting"]) == (0, 1)
    assert (found["events"], found["waiting"]) == (1, 0)
    [event] = stored(store, DAY)
    assert event["account_id"] == account.pk
    assert event["known_us"] == to_us(next_night)  # whose it was is known only since then
    entry = Entry.objects.get(kind="identity.linked")
    assert entry.content == {"source": "app", "known_as": "anon-1", "belongs_to": "u1"}


@pytest.mark.usefixtures("either_database")
def test_events_of_people_find_their_account_when_it_is_imported(store: Store) -> None:
    send(a_track(userId="li@example.com"), source=a_source())
    before = seal(as_of=DAY, at=NIGHT, store=store)
    account = an_account("household-7")
    Person.objects.create(account=account, external_id="li@example.com", name="Li")

    after = seal(as_of=DAY, at=NIGHT + timedelta(hours=1), store=store)

    assert (before["events"], after["events"]) == (0, 1)
    assert stored(store)[0]["account_id"] == account.pk


@pytest.mark.usefixtures("either_database")
def test_alias_and_group_lead_to_the_account_over_several_links(store: Store) -> None:
    """R-E-006: links are followed to their end."""
    account, source = an_account("acme"), a_source()
    send(
        a_track(userId=None, anonymousId="cookie"),
        {"type": "alias", "previousId": "cookie", "userId": "li", "messageId": "a1"},
        {"type": "group", "userId": "li", "groupId": "acme", "messageId": "g1"},
        source=source,
    )

    counts = seal(as_of=DAY, at=NIGHT, store=store)

    assert counts["events"] == 1
    assert stored(store)[0]["account_id"] == account.pk


@pytest.mark.usefixtures("either_database")
def test_links_in_a_circle_end(store: Store) -> None:
    source = a_source()
    send(
        {"type": "alias", "previousId": "a", "userId": "b", "messageId": "1"},
        {"type": "alias", "previousId": "b", "userId": "a", "messageId": "2"},
        a_track(userId="a"),
        source=source,
    )

    assert seal(as_of=DAY, at=NIGHT, store=store)["waiting"] == 3


def test_the_first_link_stays(store: Store) -> None:
    an_account("u1"), an_account("u2")
    source = a_source()
    for number, user in enumerate(("u1", "u2"), start=1):
        send(
            {"type": "identify", "userId": user, "anonymousId": "anon", "messageId": f"i{number}"},
            source=source,
        )
        seal(as_of=DAY, at=NIGHT, store=store)

    assert IdentityLink.objects.get().belongs_to == "u1"
    assert Entry.objects.filter(kind="identity.linked").count() == 1


@pytest.mark.usefixtures("either_database")
def test_traits_are_merged_into_the_account_once(store: Store) -> None:
    account, source = an_account("u1"), a_source()
    Account.objects.filter(pk=account.pk).update(attributes={"crm": "kept", "seats": 3})
    traits = ({"seats": 5, "plan": "gold"}, {"plan": "silver"})
    for number, said in enumerate(traits, start=1):
        send(
            {"type": "identify", "userId": "u1", "messageId": f"i{number}", "traits": said},
            source=source,
        )

    seal(as_of=DAY, at=NIGHT, store=store)
    seal(as_of=DAY, at=NIGHT, store=store)

    account.refresh_from_db()
    assert account.attributes == {"crm": "kept", "seats": 5, "plan": "silver"}
    entry = Entry.objects.get(kind="account.traits_changed")
    assert (entry.account_id, entry.content) == (account.pk, {"names": ["plan", "seats"]})


def test_events_of_strangers_are_forgotten_after_ninety_days(store: Store) -> None:
    send(a_track(userId="stranger"), source=a_source())

    seal(as_of=DAY, at=RECEIVED + timedelta(days=89), store=store)
    kept = InboxEvent.objects.count()
    seal(as_of=DAY, at=RECEIVED + timedelta(days=90), store=store)

    assert (kept, InboxEvent.objects.count()) == (1, 0)


@pytest.mark.parametrize("days", [1, 20], ids=["while hot", "after the inbox forgot"])
def test_an_undone_link_gives_its_events_back(store: Store, days: int) -> None:
    """R-E-006: what was merged can be parted again."""
    mine, source = an_account("u1"), a_source()
    theirs = an_account("u2")
    send(
        a_track("Page Viewed", userId=None, anonymousId="anon", messageId="visit"),
        a_track("Login", userId="u1", anonymousId="anon", messageId="own"),
        {"type": "identify", "userId": "u1", "anonymousId": "anon", "messageId": "i1"},
        source=source,
    )
    seal(as_of=DAY, at=NIGHT, store=store)
    later = NIGHT + timedelta(days=days)
    seal(as_of=DAY, at=later, store=store)
    link = IdentityLink.objects.get()

    undone = [undo_link(link, at=later, by="user:1", store=store) for _ in range(2)]
    seal(as_of=DAY, at=later, store=store)
    after_undoing = [(one["message_id"], one["account_id"]) for one in stored(store)]
    again = {"type": "alias", "previousId": "anon", "userId": "u2", "messageId": "a1"}
    send(again, source=source, received_at=later)
    seal(as_of=later.date(), at=later, store=store)

    assert undone == [1, 0]
    assert after_undoing == [("own", mine.pk)]
    assert [(one["message_id"], one["account_id"]) for one in stored(store)] == [
        ("own", mine.pk),
        ("visit", theirs.pk),
    ]
    assert Entry.objects.filter(kind="identity.unlinked").count() == 1
