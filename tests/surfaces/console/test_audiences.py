"""CHN-07: an audience for ads is whoever agreed, hashed as each platform asks, and taken back."""

import csv
import hashlib
import io
import zipfile

import pytest

from tenure.act.audiences.actions import ADDED_FILE, REMOVED_FILE, NobodyToTell, export
from tenure.act.audiences.models import AudienceExport, SharedIdentifier
from tenure.act.audiences.queries import audience
from tenure.act.audiences.rules import Left, Platform, digest, written
from tenure.records.customers.actions import withdraw_consent
from tenure.records.customers.models import ContactPoint, Person
from tenure.records.journal.models import Entry
from tenure.understand.features.registry import FEATURES
from tenure.understand.segments.actions import fill
from tenure.understand.segments.queries import NoSuchSegment
from tenure.warehouse.fills import Filled, complete
from tests.builders import AS_OF, AT, a_consent, a_contact_point, primary_person
from tests.decide.decisions.deciding import Customer, a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import TODAY, finish_day
from tests.understand.warehouses import Warehouse

pytestmark = pytest.mark.django_db
SEGMENT = "yearly"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def people(broadband: Warehouse) -> list[Person]:
    """Five customers by the year; the first four agreed, of whom one is a minor, one held out."""
    customers: list[Customer] = [a_customer() for _ in range(5)]
    finish_day(broadband, *customers)
    complete(Filled(FEATURES.name, TODAY, version="x"), row_count=1, at=AT)
    fill(as_of=AS_OF, at=AT)
    found = [primary_person(one.term.account) for one in customers]
    for place, one in enumerate(found):
        a_contact_point(person=one, channel="sms", address=f"+86 138-0000-000{place}")
        ContactPoint.objects.filter(person=one, channel="email").update(
            address=f" Wang.Wei{place}+x@Gmail.com "
        )
        if place < 4:
            for channel in ("email", "sms"):
                a_consent(person=one, purpose="sharing", channel=channel)
    Person.objects.filter(pk=found[2].pk).update(is_minor=True)
    account = found[3].account
    account.holdout_bucket = 0
    account.save(update_fields=["holdout_bucket"])
    return found


def sheets(content: bytes) -> tuple[list[list[str]], list[list[str]]]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    texts = (archive.read(one).decode("utf-8-sig") for one in (ADDED_FILE, REMOVED_FILE))
    added, removed = (list(csv.reader(io.StringIO(one)))[1:] for one in texts)
    return added, removed


def made(platform: Platform = Platform.MAINLAND) -> tuple[list[list[str]], list[list[str]]]:
    return sheets(export(SEGMENT, platform, as_of=AS_OF, at=AT, by="user:1").content)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_everybody_is_named_or_left_out_with_a_reason_and_nothing_is_written(
    people: list[Person],
) -> None:
    found = audience(SEGMENT, Platform.MAINLAND, as_of=AS_OF)
    abroad = audience(SEGMENT, Platform.GOOGLE, as_of=AS_OF)

    assert [one.person_id for one in found.named] == [people[0].pk, people[1].pk]
    assert found.left == {Left.NO_CONSENT: 1, Left.MINOR: 1, Left.HOLDOUT: 1}
    assert (found.total, abroad.total) == (5, 5)
    assert (len(abroad.named), abroad.left[Left.CROSS_BORDER]) == (0, 2)  # R-P-011
    assert SharedIdentifier.objects.count() == AudienceExport.objects.count() == 0
    with pytest.raises(NoSuchSegment):
        audience("nobody", Platform.GOOGLE, as_of=AS_OF)


def test_a_file_holds_hashes_alone_and_the_next_one_takes_back_who_withdrew(
    people: list[Person],
) -> None:
    first = made()
    withdraw_consent(people[0].pk, purpose="sharing", on=AS_OF, at=AT, by="customer")
    second = made()
    third = made()

    hashes = [[sha("13800000000")], [sha("13800000001")]]
    assert first == (hashes, [])
    assert second == (hashes[1:], hashes[:1])
    assert third == (hashes[1:], [])
    assert Entry.objects.filter(kind="audience.exported", actor="user:1").count() == 3
    assert list(AudienceExport.objects.order_by("pk").values_list("named", "removed")) == [
        (2, 0), (1, 1), (1, 0),
    ]  # fmt: skip


def test_whoever_agrees_again_is_named_again_and_a_file_for_nobody_is_refused(
    people: list[Person],
) -> None:
    for one in people:
        withdraw_consent(one.pk, purpose="sharing", on=AS_OF, at=AT, by="customer")
    with pytest.raises(NobodyToTell):
        made()

    a_consent(person=people[0], purpose="sharing", channel="email")  # no telephone
    a_consent(person=people[1], purpose="sharing", channel="sms")
    again = made()

    assert again == ([[sha("13800000001")]], [])
    assert SharedIdentifier.objects.get().removed_at is None


def test_the_page_counts_and_makes_the_file_for_those_who_may(
    people: list[Person], sign_in: SignIn
) -> None:
    client = sign_in("operator")

    page = client.get(f"/segments/{SEGMENT}/audience", headers=ENGLISH).content.decode()
    file = client.post(f"/segments/{SEGMENT}/audience/file", {"platform": "mainland"})
    wrong = client.post(f"/segments/{SEGMENT}/audience/file", {"platform": "nobody"})
    after = client.get(f"/segments/{SEGMENT}/audience", headers=ENGLISH).content.decode()

    assert "did not agree to it" in page
    assert sheets(file.content)[0] == [[sha("13800000000")], [sha("13800000001")]]
    assert wrong.status_code == 400
    assert "2 named, 0 taken back" in after
    for role in ("analyst", "support"):
        assert sign_in(role).get(f"/segments/{SEGMENT}/audience").status_code == 403


@pytest.mark.parametrize(
    ("address", "kind", "google", "meta", "mainland"),
    [
        (" Wang.Wei+x@Gmail.com", "email", "wangwei@gmail.com", "wang.wei+x@gmail.com", None),
        ("A.B@Example.org", "email", "a.b@example.org", "a.b@example.org", None),
        ("nobody", "email", "", "", None),
        ("138 0000 0001", "phone", "+8613800000001", "8613800000001", "13800000001"),
        ("+44 20 7946 0000", "phone", "+442079460000", "442079460000", ""),
        ("12", "phone", "", "", ""),
    ],
)
def test_identifiers_are_written_as_each_platform_asks(
    address: str, kind: str, google: str, meta: str, mainland: str | None
) -> None:
    assert written(address, kind, platform=Platform.GOOGLE) == google
    assert written(address, kind, platform=Platform.META) == meta
    assert mainland is None or written(address, kind, platform=Platform.MAINLAND) == mainland
    assert digest("13800000001") == sha("13800000001")
