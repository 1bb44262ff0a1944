"""Many contracts of a company, in the console: bring, check, correct, place, pay, see (ENT-01)."""

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from benchmarks import company as many
from tenure.act.payments.actions import open_attempt, take_notice
from tenure.act.payments.registry import standing_in
from tenure.kernel.clock import now
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import OrderState
from tenure.records.customers.models import Account
from tenure.records.subscriptions.batches.models import Batch, BatchLine
from tenure.records.subscriptions.batches.states import BatchState, LineState
from tenure.records.subscriptions.models import Term
from tests.act.batches.companies import a_company
from tests.act.payments.memory import MemoryProvider
from tests.builders import AT
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

if TYPE_CHECKING:
    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

ENGLISH = {"Accept-Language": "en"}
CHINESE = {"Accept-Language": "zh-hans"}


@pytest.fixture
def company(broadband: Warehouse) -> Account:
    """Three contracts, beside a household whose day is over."""
    finish_day(broadband, a_customer())
    account, _ = a_company(3)
    return account


def bring(client: "Client", account: Account, text: str = "", **form: str) -> "Answer":
    """Upload a list, or choose by days, and follow to the page of the batch."""
    files = {"list": SimpleUploadedFile("march.csv", text.encode())} if text else {}
    form = {"customer": account.external_id, **form, **files}  # type: ignore[dict-item]
    return client.post("/batches/new", form, follow=True, headers=ENGLISH)


def checked(client: "Client", account: Account, text: str = "", **form: str) -> Batch:
    bring(client, account, text, **form)
    return worked(client, Batch.objects.latest("pk"))


def worked(client: "Client", batch: Batch) -> Batch:
    """Let the page ask until nothing goes on by itself."""
    for _ in range(10):
        answer = client.post(f"/batches/{batch.public_id}/go-on", headers={"HX-Request": "true"})
        if answer.status_code == 204:
            break
    batch.refresh_from_db()
    return batch


def page_of(client: "Client", batch: Batch, query: str = "", **headers: str) -> str:
    answer = client.get(f"/batches/{batch.public_id}{query}", headers=headers or ENGLISH)
    return answer.content.decode()


def post(client: "Client", batch: Batch, deed: str, **form: str) -> str:
    path = f"/batches/{batch.public_id}/{deed}"
    answer = client.post(path, form, follow=True, headers=ENGLISH)
    return answer.content.decode()


def test_a_list_is_checked_placed_paid_and_seen_row_by_row(
    company: Account, sign_in: SignIn
) -> None:
    client = sign_in("finance")
    batch = checked(client, company, "contract\nLINE-1\nLINE-2\nLINE-3\n")
    assert batch.state == BatchState.CHECKED
    assert "Place 3 of 3 rows" in page_of(client, batch)
    assert Order.objects.count() == 0

    post(client, batch, "place", seen=batch.digest)
    batch = worked(client, batch)
    page = page_of(client, batch)
    link = re.search(r'value="http://testserver(/batch/[^"]+)"', page)
    assert batch.state == BatchState.PLACED
    assert link is not None
    assert batch.order is not None

    with standing_in(provider := MemoryProvider("wechat")):
        payment = open_attempt(batch.order, "wechat_native", at=now(), by="customer").payment
        provider.pay(str(payment.number), at=now())
        letter = provider.outbox[0]
        take_notice("wechat", letter.headers, body=letter.body, at=now())
        seen = client.get(link[1], headers=ENGLISH).content.decode()
        assert "Renewal complete" in seen
    batch = worked(client, batch)
    page = page_of(client, batch)
    assert batch.state == BatchState.DONE
    assert page.count('<td class="nw">Renewed') == 3
    assert Term.objects.filter(account=company, number=2).count() == 3


def test_bad_rows_are_shown_in_both_languages_and_are_a_file(
    company: Account, sign_in: SignIn
) -> None:
    """R-U-035: row number, column, what is wrong, what to do; nothing has happened."""
    client = sign_in("operator")
    text = "contract,cycle,note\nLINE-1,12,\nLINE-l,12,=cmd()\nLINE-3,18,\nLINE-2,soon,\n"
    batch = checked(client, company, text)

    english, chinese = page_of(client, batch), page_of(client, batch, **CHINESE)
    assert "3 rows must be corrected" in english
    assert "3 行" in chinese
    assert "Cycle: " in english
    assert "Use “LINE-" in english, english[english.find("LINE-l") :][:900]
    assert "Place 1 of 4 rows, leave the rest out" in english
    answer = client.get(f"/batches/{batch.public_id}/faulty.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(one["row"], one["wrong_column"], one["code"]) for one in rows] == [
        ("3", "contract", "unknown_contract"),
        ("4", "cycle_months", "no_price"),
        ("5", "cycle_months", "bad_number"),
    ]
    assert rows[0]["note"] == "'=cmd()"
    assert all(one["reason_zh"] and one["reason_en"] for one in rows)
    assert Order.objects.count() == 0


@pytest.mark.slow
def test_three_bad_rows_of_five_thousand_are_named_and_the_rest_is_placed(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """*Bad input*, ENT-01: nothing happens before somebody says so, and then to the good rows."""
    finish_day(broadband, a_customer())
    a_company(1)
    many.found(AT, contracts=5_000)
    company = Account.objects.get(external_id=many.NAME)
    rows = [f"LINE-{number},12" for number in range(5_000)]
    rows[99], rows[2_499], rows[4_999] = "LINE-x,12", "LINE-2499,18", "LINE-7,12"
    client = sign_in("operator")

    batch = checked(client, company, "\n".join(["contract,cycle", *rows]))

    bad = BatchLine.objects.filter(batch=batch, state=LineState.FAULTY).order_by("place")
    assert [(one.place, one.fault["column"], one.fault["code"]) for one in bad] == [
        (101, "contract", "unknown_contract"),
        (2_501, "cycle_months", "no_price"),
        (5_001, "contract", "named_twice"),
    ]
    page = page_of(client, batch)
    assert "3 rows must be corrected" in page
    assert "Place 4,997 of 5,000 rows, leave the rest out" in page
    refused = post(client, batch, "place", seen=batch.digest)
    assert "3" in refused
    assert (Order.objects.count(), Payment.objects.filter(account=company).count()) == (0, 0)
    post(client, batch, "place", seen=batch.digest, rest="left_out")
    batch = worked(client, batch)
    good = BatchLine.objects.filter(batch=batch, state=LineState.ORDERED)
    assert good.count() == 4_997
    assert Order.objects.get().total_minor == sum(good.values_list("amount_minor", flat=True))


def test_a_row_is_corrected_on_the_page_and_another_left_out(
    company: Account, sign_in: SignIn
) -> None:
    client = sign_in("operator")
    batch = checked(client, company, "contract,cycle\nLINE-l,18\nLINE-9,12\nLINE-3,12\n")

    post(client, batch, "rows/2", do="mend", contract="LINE-1", cycle_months="24")
    post(client, batch, "rows/3", do="leave_out")
    batch = worked(client, batch)

    lines = BatchLine.objects.filter(batch=batch).order_by("place")
    assert [one.state for one in lines] == [LineState.READY, LineState.LEFT_OUT, LineState.READY]
    assert lines[0].wish == {"cycle_months": 24}
    assert "Place 2 of 2 rows" in page_of(client, batch)


def test_what_ends_within_some_days_is_chosen_without_a_file(
    company: Account, sign_in: SignIn
) -> None:
    client = sign_in("operator")
    ends_on = Term.objects.filter(account=company)[0].ends_on

    batch = checked(client, company, from_on=str(ends_on), until_on=str(ends_on))

    lines = BatchLine.objects.filter(batch=batch).order_by("place")
    assert [one.contract for one in lines] == ["LINE-1", "LINE-2", "LINE-3"]


def test_two_people_who_bring_the_same_list_stand_before_one_batch(
    company: Account, sign_in: SignIn
) -> None:
    text = "contract\nLINE-1\nLINE-2\n"
    first, second = sign_in("operator"), sign_in("finance")
    batch = checked(first, company, text)
    other = checked(second, company, text)

    post(first, batch, "place", seen=batch.digest)
    post(second, other, "place", seen=other.digest)
    worked(first, batch)
    worked(second, other)

    assert (Batch.objects.count(), Order.objects.count()) == (1, 1)


def test_a_dropped_batch_can_no_longer_be_paid(company: Account, sign_in: SignIn) -> None:
    client = sign_in("operator")
    batch = checked(client, company, "contract\nLINE-1\n")
    post(client, batch, "place", seen=batch.digest)
    batch = worked(client, batch)

    page = post(client, batch, "drop")

    assert "nobody can pay it any more" in page
    assert Order.objects.get().state == OrderState.CANCELLED


@pytest.mark.parametrize(
    ("text", "said"),
    [("plan\nfibre\n", "no column for the contract"), ("contract\n", "names no contract")],
)
def test_a_file_that_is_no_list_is_told_and_nothing_is_kept(
    company: Account, sign_in: SignIn, text: str, said: str
) -> None:
    answer = bring(sign_in("operator"), company, text)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Batch.objects.count() == 0


def test_whoever_may_not_renew_sees_no_batch(company: Account, sign_in: SignIn) -> None:
    for role in ("support", "analyst", "auditor"):
        assert sign_in(role).get("/batches").status_code == 403


def test_the_list_to_fill_in_holds_the_contracts_of_the_customer(
    company: Account, sign_in: SignIn
) -> None:
    answer = sign_in("operator").get(
        f"/batches/blank.csv?customer={company.external_id}", headers=CHINESE
    )

    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows[0] == "合同编号,周期（月）,套餐,席位"
    assert [row.split(",")[0] for row in rows[1:]] == ["LINE-1", "LINE-2", "LINE-3"]
