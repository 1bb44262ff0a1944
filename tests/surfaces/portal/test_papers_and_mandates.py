"""Bills, contracts, and the leave to deduct with its off switch (R-A-010, R-A-014)."""

from datetime import timedelta

import pytest

from tenure.kernel.clock import now
from tenure.kernel.money import Money
from tenure.records.billing.mandates.actions import Party, Proposal, Signature, agree, propose, sign
from tenure.records.billing.mandates.models import Mandate
from tenure.records.billing.mandates.queries import live_consent
from tenure.records.billing.mandates.rules import Shown
from tenure.records.documents.models import Document
from tenure.records.subscriptions.models import Term
from tests.builders import AS_OF, a_payment
from tests.surfaces.portal.customers import ENGLISH, a_customer, by_link, signed_in


@pytest.fixture
def mandate(broadband: object) -> Mandate:
    """A signed leave to deduct, for a contract that renews by itself."""
    term, at = a_customer(auto_renew=True), now()
    cap = Money(82_800, "CNY")
    shown = Shown("1", "…", "zh-Hans", at, at, price=cap, cap=cap, period_months=12)
    agree(Party(term.account_id, term.subscription_id), shown, on=AS_OF, at=at, by="test")
    wanted = Proposal(term.subscription_id, "wechat", "wechat_papay", cap)
    proposed = propose(wanted, on=AS_OF, at=at, by="test")
    return sign(proposed.pk, Signature("agreement-1"), on=AS_OF, at=at, by="test")


def term_of(mandate: Mandate) -> Term:
    return Term.objects.get(subscription=mandate.subscription)


def test_a_mandate_is_shown_with_its_limit_and_ended_by_one_tap(mandate: Mandate) -> None:
    client = signed_in(term_of(mandate), headers=ENGLISH)
    page = client.get("/my/methods").content.decode()

    client.post("/my/methods/end", {"mandate": mandate.number})

    mandate.refresh_from_db()
    assert "¥828" in page
    assert "WeChat Pay" in page
    assert (mandate.state, mandate.reason) == ("released", "customer")
    assert "Nobody may deduct anything" in client.get("/my/methods").content.decode()


def test_nobody_ends_the_mandate_of_somebody_else(mandate: Mandate) -> None:
    other = a_customer(name="王强", external_id="LJ-9", email="w@example.com")

    signed_in(other).post("/my/methods/end", {"mandate": mandate.number})

    mandate.refresh_from_db()
    assert mandate.state == "signed"


def test_the_off_switch_takes_back_every_leave_to_deduct(mandate: Mandate) -> None:
    """Also by a link: from here on nothing can be deducted."""
    term = term_of(mandate)

    by_link(term).post("/my/auto-renewal/off", {"contract": term.subscription_id})

    mandate.refresh_from_db()
    assert mandate.state == "released"
    assert live_consent(term.subscription_id) is None


def a_receipt(term: Term) -> Document:
    return Document.objects.create(
        public_id="doc_1",
        account=term.account,
        kind="receipt",
        entity="main",
        year=2026,
        sequence=1,
        number="R-2026-1",
        language="en",
        currency="CNY",
        gross_minor=82_800,
        net_minor=78_113,
        tax_minor=4_687,
        content={},
        content_sha256="0" * 64,
        issued_on=AS_OF,
        issued_at=now() - timedelta(hours=1),
    )


def test_papers_and_payments_stand_in_one_list(term: Term) -> None:
    a_receipt(term)
    a_payment(term=term, amount_minor=82_800)

    page = signed_in(term, headers=ENGLISH).get("/my/papers").content.decode()

    assert "R-2026-1" in page
    assert "/my/papers/doc_1.pdf" in page
    assert page.count("¥828") == 2


def test_nobody_reads_the_paper_of_somebody_else(term: Term) -> None:
    a_receipt(term)
    other = a_customer(name="王强", external_id="LJ-9", email="w@example.com")

    assert signed_in(other).get("/my/papers/doc_1.pdf").status_code == 404


def test_a_link_opens_no_papers(term: Term) -> None:
    assert by_link(term).get("/my/papers").status_code == 302
