"""The desks: bills of providers, statements of the bank, leaving, data requests, and papers."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from tenure.act.payments import registry
from tenure.act.payments.configuration import BankAccount
from tenure.act.payments.providers.bank.provider import BankTransfer
from tenure.act.payments.reconciliation.models import Reconciliation, ReconciliationRow
from tenure.act.self_service import cancelling
from tenure.act.self_service.cancelling import Visit
from tenure.decide.saves.reasons import WHYS
from tenure.kernel.clock import now
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.journal.models import Entry
from tenure.records.requests.actions import ask_copy, ask_erasure
from tenure.records.requests.models import DataRequest
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tests.act.self_service.leavers import a_leaver
from tests.builders import a_term, an_account, primary_person
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.surfaces.portal.customers import a_customer as a_home
from tests.surfaces.portal.customers import signed_in
from tests.understand.warehouses import Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}
MOST_QUERIES = 12
PAGES = {
    "/bills": ("No bill was read yet", "还没有读取过账单"),
    "/leaving": ("Nobody wanted to leave", "没有这一状态的取消"),
    "/data-requests": ("Nothing is open", "没有待办"),
    "/invoices": ("Nobody asked for an invoice", "没有这一状态的开票申请"),
    "/contracts": ("No contract in this state", "没有这一状态的合同"),
    "/documents": ("No paper of this kind", "没有这一类单据"),
}


@pytest.fixture
def day(broadband: Warehouse) -> None:
    finish_day(broadband, a_customer())


@pytest.fixture
def bank(broadband: Warehouse) -> "Iterator[BankTransfer]":
    account = BankAccount(holder="蓝江", bank="工行", number="6222", currency="CNY")
    with registry.standing_in(BankTransfer(account)) as _:
        yield BankTransfer(account)


@pytest.fixture
def row(day: None) -> ReconciliationRow:
    """A difference that nobody explained."""
    report = Reconciliation.objects.create(
        provider="wechat",
        day=date(2026, 6, 14),
        first_read_at=now(),
        read_at=now(),
        bill_digest="0" * 64,
        report_hash="0" * 64,
        counts={"matched": 3, "missing_local": 1},
        sums={"CNY": {"gross_minor": 9_900, "refunds_minor": 0, "fees_minor": 59}},
        ledger={"CNY": 0},
    )
    return ReconciliationRow.objects.create(
        report=report,
        kind="payment",
        number="R20260614X",
        finding="missing_local",
        theirs_minor=9_900,
        currency="CNY",
    )


@pytest.mark.parametrize(("path", "said"), PAGES.items())
def test_an_empty_desk_teaches_what_fills_it_in_few_questions(
    day: None, sign_in: SignIn, path: str, said: tuple[str, str]
) -> None:
    client = sign_in("owner")
    client.get(path)

    with CaptureQueriesContext(connection) as asked:
        english = client.get(path, headers=ENGLISH).content.decode()
    chinese = client.get(path, headers=CHINESE).content.decode()

    assert said[0] in english
    assert said[1] in chinese
    assert len(asked) <= MOST_QUERIES, len(asked)


@pytest.mark.parametrize(
    ("path", "roles"),
    [
        ("/bills", {"owner", "finance"}),
        ("/invoices", {"owner", "finance"}),
        ("/contracts", {"owner", "finance"}),
        ("/data-requests", {"owner", "operator", "finance", "support"}),
        ("/leaving", {"owner", "operator", "finance", "support", "analyst", "auditor"}),
    ],
)
def test_each_desk_opens_to_its_roles(
    day: None, sign_in: SignIn, path: str, roles: set[str]
) -> None:
    for role in ("owner", "operator", "finance", "support", "analyst", "auditor"):
        assert sign_in(role).get(path).status_code == (200 if role in roles else 403), role


def test_a_difference_is_explained_once_with_a_name(
    row: ReconciliationRow, sign_in: SignIn
) -> None:
    """R-Y-083: no money moves by it, and the journal keeps who said what."""
    client, address = sign_in("finance"), f"/bills/rows/{row.pk}/explain"
    shown = client.get(f"/bills/{row.report_id}", headers=ENGLISH).content.decode()

    client.post(address, {"how": "x"})
    client.post(address, {"how": "paid at the counter"})
    again = client.post(address, {"how": "something else"}, follow=True, headers=ENGLISH)

    row.refresh_from_db()
    assert "Not known here" in shown
    assert row.resolution == "paid at the counter"
    assert row.resolved_by.startswith("user:")
    assert Entry.objects.filter(kind="reconciliation.explained").count() == 1
    assert "was explained by" in again.content.decode()


def a_transfer(term: Term) -> Payment:
    """A customer chose to transfer."""
    from tests.surfaces.portal.test_renewing import confirm

    confirm(signed_in(term), term, pay="bank_transfer")
    return Payment.objects.get(source="bank")


def test_a_statement_pays_what_it_names_and_tells_every_line(
    bank: BankTransfer, sign_in: SignIn
) -> None:
    """PAY-02: exact amounts pay once; bad lines are told by their numbers."""
    term = a_home()
    payment = a_transfer(term)
    reference = payment.handoff["fields"]["reference"]
    csv = (
        "date,amount,reference,payer,id\n"
        f"2026-06-16,745.20,{reference},李文静,L1\n"
        "2026-06-16,10.00,thanks,somebody,L2\n"
        "yesterday,1.00,x,y,L3\n"
    ).encode()
    client = sign_in("finance")

    def upload() -> str:
        file = SimpleUploadedFile("june.csv", csv, content_type="text/csv")
        answer = client.post("/bills/statement", {"statement": file}, headers=ENGLISH)
        return answer.content.decode()

    first, second = upload(), upload()

    term.refresh_from_db()
    assert "1 payment came in." in first
    assert "Names no payment that waits" in first
    assert "line 4 has no good date or amount" in first
    assert term.state == TermState.RENEWED
    assert "Paid by an earlier upload" in second
    assert Term.objects.filter(subscription=term.subscription).count() == 2
    assert Entry.objects.filter(kind="statement.taken").count() == 2


def test_an_order_that_is_transferred_waits_for_the_bank(bank: BankTransfer) -> None:
    payment = a_transfer(a_home())

    order = Order.objects.get()
    assert order.expires_at == order.placed_at + timedelta(days=14)
    assert payment.expires_at == order.expires_at


def test_why_an_offer_was_or_was_not_shown(day: None, sign_in: SignIn) -> None:
    """R-A-086: a sentence for every offer that was weighed; analysts see no names."""
    term = a_term(account=a_leaver())
    attempt = cancelling.start(Visit(term.pk), at=now(), by="customer:1")
    cancelling.show_offer(attempt.pk, at=now(), by="customer:1")

    owner = sign_in("owner").get("/leaving", headers=ENGLISH).content.decode()
    analyst = sign_in("analyst").get("/leaving", headers=ENGLISH).content.decode()

    attempt.refresh_from_db()
    assert attempt.considered
    for one in attempt.considered:
        assert escape(WHYS[one["why"]].en) in owner
    assert term.account.name in owner
    assert term.account.name not in analyst
    assert "Attempts in 90 days" in owner


def test_data_requests_are_shown_and_an_erasure_is_carried_out(day: None, sign_in: SignIn) -> None:
    person = primary_person(an_account(name="王强", email="w@example.com"))
    ask_copy(person, on=now().date(), at=now(), by="customer")
    request = ask_erasure(person, on=now().date(), at=now(), by="customer")
    operator = sign_in("operator")
    page = operator.get("/data-requests", headers=ENGLISH).content.decode()

    refused = sign_in("support").post(f"/data-requests/{request.pk}/erase")
    operator.post(f"/data-requests/{request.pk}/erase")

    person.refresh_from_db()
    assert "A copy" in page
    assert refused.status_code == 403
    assert DataRequest.objects.get(pk=request.pk).state == "done"
    assert person.name != "王强"


def test_a_contract_is_drafted_sent_and_ended_with_a_reason(day: None, sign_in: SignIn) -> None:
    from tenure.records.contracts.models import Contract

    term = a_home()
    client = sign_in("finance")
    page = client.get("/contracts", headers=ENGLISH).content.decode()
    template = page.split('<option value="')[1].split('"')[0]
    form = {"account": term.account.external_id, "template": template}

    told = client.post("/contracts/draft", form, follow=True, headers=ENGLISH).content.decode()
    assert "Drafted. Read it, then send it." in told
    found = Contract.objects.get()
    client.post(f"/contracts/{found.pk}/decide", {"verb": "send"})
    client.post(f"/contracts/{found.pk}/decide", {"verb": "void"})
    found.refresh_from_db()
    assert found.state == "sent"
    file = client.get(f"/contracts/{found.pk}/file")
    client.post(f"/contracts/{found.pk}/decide", {"verb": "void", "reason": "asked to stop"})

    found.refresh_from_db()
    assert file.content.startswith(b"%PDF")
    assert (found.state, found.close_reason) == ("terminated", "asked to stop")


def test_a_declaration_that_names_no_contract_waits_for_a_person(
    day: None, sign_in: SignIn
) -> None:
    """R-A-056: it counts from its instant, so somebody must find out whose it is."""
    from tenure.act.self_service.declaring import Form, declare
    from tenure.records.cancellations.models import Declaration

    form = Form(
        once_key="page-1",
        kind=Declaration.Kind.TERMINATION,
        name="Erika Mustermann",
        contract="nobody-knows",
        address="erika@example.com",
        language="de",
        content="Ich kündige.",
    )
    declaration = declare(form, at=now())
    owner = sign_in("owner")
    shown = owner.get("/leaving", headers=ENGLISH).content.decode()

    sign_in("analyst").post(f"/leaving/{declaration.pk}/looked")
    assert Declaration.objects.get().looked_at is None
    owner.post(f"/leaving/{declaration.pk}/looked")

    assert "Erika Mustermann" in shown
    assert Declaration.objects.get().looked_by.startswith("user:")
    after = owner.get("/leaving", headers=CHINESE).content.decode()
    assert "nobody-knows" not in after
    assert Entry.objects.filter(kind="cancel.declaration_looked_at").count() == 1
