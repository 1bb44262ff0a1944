"""SEG-05: a person narrows a rule, sees how many are left, and saves it as a version."""

import json
from html import escape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.kernel.money import Money
from tenure.records.journal.models import Entry
from tenure.records.segments.models import SegmentVersion
from tenure.records.segments.queries import saved
from tenure.understand.features.registry import FEATURES
from tenure.understand.segments.actions import fill
from tenure.warehouse.fills import Filled, complete
from tests.builders import AS_OF, AT
from tests.decide.decisions.deciding import Customer, a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import TODAY, finish_day
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}
MOST_QUERIES = 12
RULE = {"all": [{"feature": "cycle_months", "op": ">=", "value": 12}]}


@pytest.fixture
def one(broadband: Warehouse) -> Customer:
    found = a_customer()
    finish_day(broadband, found)
    complete(Filled(FEATURES.name, TODAY, version="x"), row_count=1, at=AT)
    fill(as_of=AS_OF, at=AT)
    return found


def read(client: Client, address: str) -> str:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get(address, headers=ENGLISH)
    assert len(asked) <= MOST_QUERIES, [one["sql"] for one in asked]
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_and_a_segment_say_how_many(one: Customer, sign_in: SignIn) -> None:
    client = sign_in("operator")

    listed, page = read(client, "/segments"), read(client, "/segments/yearly")

    assert "Paid by the year" in listed
    assert '<span id="meant">1</span>' in page
    assert "1 customers with a live term" in page


def test_a_posting_changes_the_draft_and_saves_nothing(one: Customer, sign_in: SignIn) -> None:
    """R-U-033: the count and the sample follow the draft."""
    client = sign_in("operator")
    posted = {
        "rule": json.dumps(RULE),
        "f.0": "cycle_months",
        "o.0": ">=",
        "v.0": "36",
        "do": "add",
    }

    page = client.post("/segments/yearly", posted, headers=ENGLISH).content.decode()

    assert '<span id="meant">0</span>' in page
    assert 'name="f.1"' in page
    assert "Nobody is meant." in page
    assert SegmentVersion.objects.count() == 0


def test_what_cannot_be_read_is_said_and_not_counted(one: Customer, sign_in: SignIn) -> None:
    client = sign_in("operator")
    posted = {"rule": json.dumps(RULE), "f.0": "cycle_months", "o.0": ">=", "v.0": "many"}

    page = client.post("/segments/yearly", posted, headers=ENGLISH).content.decode()

    assert "is a number and is compared with a number" in page
    assert 'id="meant"' not in page


@pytest.mark.parametrize("rule", ["", "{", '{"all": 3}', '{"all": [{"not": 1}]}', '{"all": [[]]}'])
def test_a_posting_that_is_no_rule_of_ours_begins_again(
    one: Customer, sign_in: SignIn, rule: str
) -> None:
    page = sign_in("operator").post("/segments/yearly", {"rule": rule}, headers=ENGLISH)

    assert page.status_code == 200
    assert 'value="12"' in page.content.decode()


def test_a_version_is_saved_and_the_next_one_beside_it(one: Customer, sign_in: SignIn) -> None:
    client = sign_in("operator")
    posted = {"rule": json.dumps(RULE), "id": "my_yearly", "zh": "我的年付", "en": "my yearly"}

    client.post("/segments/yearly/save", posted)
    changed = {"rule": json.dumps(RULE), "f.0": "cycle_months", "o.0": ">=", "v.0": "24"}
    client.post("/segments/my_yearly/save", changed)

    assert [(one.id, one.number, one.name.zh) for one in saved()] == [("my_yearly", 2, "我的年付")]
    assert list(SegmentVersion.objects.order_by("number").values_list("customers", flat=True)) == [
        1,
        0,
    ]
    assert "v2" in read(client, "/segments/my_yearly")


def test_a_draft_says_who_would_come_in_and_go_out_and_why_one_is_out(
    one: Customer, sign_in: SignIn
) -> None:
    """R-U-033: the snapshot beside the live count, what a line took away, and one's own why."""
    client = sign_in("operator")
    number = one.term.account.external_id
    posted = {"rule": json.dumps(RULE), "f.0": "cycle_months", "o.0": ">=", "v.0": "36"}

    asked = client.get(f"/segments/yearly?who={number}", headers=ENGLISH)
    same = asked.content.decode()
    changed = client.post("/segments/yearly", posted | {"who": number}, headers=ENGLISH)
    page = changed.content.decode()
    nobody = client.post("/segments/yearly", posted | {"who": "LJ-0"}, headers=ENGLISH)

    assert "Read now, they are the same." in same
    assert "holds</span>: billing cycle is at least 12 months" in same
    assert "Read now, 0 would come in and 1 would go out." in page
    assert "data-removed>−1</span>" in page
    assert "does not hold</span>: billing cycle is at least 36 months" in page
    assert ">12 months</span>" in page
    standing = {"all": [{"feature": "quantile:price_minor", "op": ">=", "value": 0.5}]}
    asked = client.post(
        "/segments/yearly", {"rule": json.dumps(standing), "who": number}, headers=ENGLISH
    )
    money = str(Money(one.term.price_minor, "CNY"))
    told = f'{money}</span> <span class="t2">(the line is at {money})</span>'
    assert told in asked.content.decode()
    assert "No customer has this number." in nobody.content.decode()


def test_an_archived_segment_is_brought_back_as_it_was(one: Customer, sign_in: SignIn) -> None:
    """R-U-036: what is taken away can be undone, once, and both are entries of the journal."""
    client = sign_in("operator")
    posted = {"rule": json.dumps(RULE), "id": "my_yearly", "zh": "我的年付", "en": "my yearly"}
    client.post("/segments/yearly/save", posted)

    told = client.post("/segments/my_yearly/archive", follow=True, headers=ENGLISH)
    gone = [one.id for one in saved()]
    back = client.post("/segments/my_yearly/back", follow=True, headers=ENGLISH)
    client.post("/segments/my_yearly/back")

    assert gone == []
    assert 'action="/segments/my_yearly/back"' in told.content.decode()
    assert "The segment is back as it was." in back.content.decode()
    assert [(one.id, one.number) for one in saved()] == [("my_yearly", 1)]
    kinds = Entry.objects.filter(kind__startswith="segment.").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == [
        "segment.saved", "segment.archived", "segment.brought_back"
    ]  # fmt: skip
    assert sign_in("analyst").post("/segments/my_yearly/back").status_code == 403


def test_a_list_is_a_file_that_a_spreadsheet_reads(one: Customer, sign_in: SignIn) -> None:
    """R-U-033: one mark at its begin, none in its middle."""
    body = sign_in("operator").get("/segments/yearly/list.csv").content

    assert body.count("\ufeff".encode()) == 1
    assert body.decode("utf-8-sig").startswith("segment,version,as_of,")


def test_r_e_026_a_lost_update_is_refused_with_412_and_nothing_is_saved(
    one: Customer, sign_in: SignIn
) -> None:
    """Two people open the same version; the second to save is told, and overwrites nothing."""
    client = sign_in("operator")
    posted = {"rule": json.dumps(RULE), "id": "my_yearly", "zh": "我的年付", "en": "my yearly"}
    client.post("/segments/yearly/save", posted)
    opened = client.get("/segments/my_yearly")
    tag = opened["ETag"]
    assert f'name="if_match" value="{escape(tag)}"' in opened.content.decode()
    first = {"rule": json.dumps(RULE), "f.0": "cycle_months", "o.0": ">=", "v.0": "24"}

    saves = [
        client.post("/segments/my_yearly/save", {**first, "if_match": tag}),
        client.post("/segments/my_yearly/save", {**first, "v.0": "36", "if_match": tag}),
        client.post("/segments/my_yearly/save", first, headers={"If-Match": tag}),
    ]

    assert [one.status_code for one in saves] == [302, 412, 412]
    told = client.post(
        "/segments/my_yearly/save", {**first, "if_match": tag}, headers=ENGLISH
    ).content.decode()
    assert "nothing was saved" in told
    assert [(one.id, one.number) for one in saved()] == [("my_yearly", 2)]


def test_a_ready_segment_is_not_overwritten_and_a_reader_saves_nothing(
    one: Customer, sign_in: SignIn
) -> None:
    posted = {"rule": json.dumps(RULE), "id": "yearly", "zh": "年付", "en": "yearly"}

    told = sign_in("operator").post("/segments/yearly/save", posted, headers=ENGLISH)
    refused = sign_in("analyst").post("/segments/yearly/save", posted)

    assert "is a segment of the strategy" in told.content.decode()
    assert refused.status_code == 403
    assert SegmentVersion.objects.count() == 0


def test_the_customer_page_says_in_which_and_why(one: Customer, sign_in: SignIn) -> None:
    """R-U-033: why one customer is in."""
    page = read(sign_in("operator"), f"/customers/{one.term.account_id}/segments")

    assert "Paid by the year" in page
    assert "billing cycle is at least 12 months" in page


def test_segments_without_the_customer_stand_behind_one_line(
    one: Customer, sign_in: SignIn
) -> None:
    page = read(sign_in("operator"), f"/customers/{one.term.account_id}/segments")
    inside, _, outside = page.partition("segments without this customer, and why")

    assert "Paid by the year" in inside
    assert "First term" not in inside
    assert "First term" in outside
