"""The connected service, against a faithful one on this machine (contract of R-I-002, R-I-003)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tenure.act.documents import invoices, receipts
from tenure.act.documents.carrying import advance
from tenure.act.documents.invoicing.nuonuo import Access, Nuonuo, signature
from tenure.act.documents.invoicing.provider import InvoicingDown, Status
from tenure.act.documents.invoicing.registry import NoSuchProvider, NotConfigured, provider_of
from tenure.act.documents.receipts import Refunded
from tenure.kernel.money import Money
from tenure.records.invoicing.models import Invoice, InvoiceFile
from tenure.records.invoicing.states import InvoiceState
from tenure.strategy.sections import Strategy
from tenure.world.tax_platform.service import Account, NotInProduction, TaxPlatform
from tests.act.documents.invoicing.requested import a_request, a_title
from tests.builders import AS_OF, AT

MERCHANT = Account("key", "secret", "token", "91330108MA2TENR01U")


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[TaxPlatform]:
    made = TaxPlatform(MERCHANT, now=lambda: AT)
    for name, value in {
        "URL": made.url,
        "APP_KEY": MERCHANT.app_key,
        "APP_SECRET": MERCHANT.app_secret,
        "TOKEN": MERCHANT.token,
        "TAX_ID": MERCHANT.tax_id,
    }.items():
        monkeypatch.setenv(f"TENURE_NUONUO_{name}", value)
    monkeypatch.setenv("TENURE_INVOICING", "nuonuo")
    yield made
    made.close()


def looks(times: int) -> None:
    """The worker looks again and again, a minute apart; the platform's clock stands still."""
    for minute in range(times):
        Invoice.objects.update(leased_until=None)
        advance(at=AT + timedelta(minutes=minute), by="worker")


def test_the_signature_is_that_of_the_documentation() -> None:
    """HMAC-SHA1 over a=services&l=v1&p=open&k=…&i=…&n=…&t=…&f=body, by hand."""
    access = Access("https://sandbox.nuonuocs.cn/open/v1/services", "k", "s", "t", "x")

    made = signature(access, senid="i", nonce="1", timestamp="2", body="{}")

    # printf 'a=services&l=v1&p=open&k=k&i=i&n=1&t=2&f={}' | openssl dgst -sha1 -hmac s -binary
    # | base64
    assert made == "2PlE4c7nwzeSwQnR3/JBM4lFPck="


def test_a_request_is_issued_fetched_and_delivered(
    strategy: Strategy, platform: TaxPlatform
) -> None:
    """ENT-02: requested → issuing → issued → delivered, asked for once."""
    invoice = a_request(email="a@b.example")

    states = []
    for _ in range(4):
        looks(1)
        invoice.refresh_from_db()
        states.append(str(invoice.state))

    assert states == ["issuing", "issuing", "issued", "delivered"]
    assert platform.calls.count("requestBillingNew") == 1
    formats = set(InvoiceFile.objects.values_list("format", flat=True))
    assert formats == {"xml", "ofd", "pdf"}
    assert [one["mail"] for one in platform.delivered] == ["a@b.example"]


def test_an_answer_that_was_lost_makes_no_second_request(
    strategy: Strategy, platform: TaxPlatform
) -> None:
    invoice = a_request()
    platform.faults.drop_answers = 1

    looks(5)

    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.DELIVERED
    assert len(platform.orders) == 1


def test_a_call_that_never_arrived_is_made_again(strategy: Strategy, platform: TaxPlatform) -> None:
    invoice = a_request()
    platform.faults.server_errors = 1

    looks(6)

    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.DELIVERED
    assert platform.calls.count("requestBillingNew") == 1


def test_a_refund_waits_for_the_confirmation_and_reverses(
    strategy: Strategy, platform: TaxPlatform
) -> None:
    """R-I-007: the confirmation form first, then the red one."""
    blue = a_request()
    looks(4)
    refunded = Refunded(blue.payment_id, Money(120_000, "CNY"), "a", AS_OF)
    receipts.credit(refunded, at=AT, by="loop")
    red = invoices.red_letter(refunded, at=AT, by="loop")
    assert red is not None
    platform.faults.unconfirmed = 1

    looks(1)
    red.refresh_from_db()
    while_unconfirmed = str(red.state)
    looks(5)
    red.refresh_from_db()
    blue.refresh_from_db()

    assert while_unconfirmed == "requested"
    assert (red.state, blue.state) == (InvoiceState.DELIVERED, InvoiceState.REVERSED)
    assert red.confirmation.startswith("3301")
    assert platform.calls.count("fastInvoiceRed") == 1


def test_a_refused_request_says_why_and_is_tried_again(
    strategy: Strategy, platform: TaxPlatform
) -> None:
    from tenure.records.invoicing.actions.requests import retry

    invoice = a_request()
    platform.faults.fail_orders.add(invoice.order_number)
    looks(2)
    invoice.refresh_from_db()
    failed = (str(invoice.state), invoice.failure)
    platform.faults.fail_orders.clear()
    retry(invoice.pk, on=AS_OF, at=AT, by="user:1")
    looks(5)
    invoice.refresh_from_db()

    assert failed == ("failed", "购方税号校验不通过")
    assert invoice.state == InvoiceState.DELIVERED
    assert platform.calls.count("reInvoice") == 1


@pytest.mark.parametrize(
    "wrong", [{"app_secret": "x"}, {"token": "x"}, {"app_key": "x"}, {"tax_id": "x"}]
)
def test_a_call_with_wrong_credentials_is_refused(
    strategy: Strategy, platform: TaxPlatform, wrong: dict[str, str]
) -> None:
    known: dict[str, Any] = {
        "url": platform.url,
        "app_key": "key",
        "app_secret": "secret",
        "token": "token",
        "tax_id": MERCHANT.tax_id,
    }
    provider = Nuonuo(Access(**{**known, **wrong}))

    answer = provider.issue_blue(a_request(), at=AT)

    assert answer.status == Status.FAILED
    assert platform.orders == {}


def test_a_late_call_is_refused_and_a_silent_service_is_an_outage(
    strategy: Strategy, platform: TaxPlatform
) -> None:
    provider, invoice = provider_of("nuonuo"), a_request()

    late = provider.issue_blue(invoice, at=AT - timedelta(minutes=11))
    platform.close()

    assert late.why.startswith("070102")
    with pytest.raises(InvoicingDown):
        provider.query(invoice, at=AT)


def test_companies_are_looked_up_by_name(strategy: Strategy, platform: TaxPlatform) -> None:
    found = provider_of("nuonuo").title_lookup("腾讯", at=AT)

    assert [(one.name, one.tax_id) for one in found] == [
        ("腾讯科技（深圳）有限公司", "9144030071526726XG")
    ]
    payment = a_request()
    a_title(payment.account_id, name="张伟", tax_id="")
    assert [one.name for one in provider_of("manual").title_lookup("腾讯", at=AT)] == [
        "腾讯科技（深圳）有限公司"
    ]


def test_the_made_up_platform_refuses_production(settings: Any) -> None:
    settings.TENURE_ENV = "production"

    with pytest.raises(NotInProduction):
        TaxPlatform(MERCHANT, now=lambda: AT)


def test_a_service_that_is_not_connected_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("APP_KEY", "APP_SECRET", "TOKEN", "TAX_ID"):
        monkeypatch.delenv(f"TENURE_NUONUO_{name}", raising=False)

    with pytest.raises(NotConfigured, match="TENURE_NUONUO_APP_KEY"):
        provider_of("nuonuo")
    with pytest.raises(NoSuchProvider):
        provider_of("baiwang")
