"""Receipts and credit notes: once for each payment and refund, in the recipient's language."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest

from tenure.act.documents import receipts
from tenure.act.documents.pages import page_of
from tenure.act.documents.receipts import NoReceipt, NotPaid, Refunded
from tenure.act.documents.typesetting import picture
from tenure.kernel.money import Money
from tenure.records.documents.models import Document
from tenure.records.documents.rules.taxes import MoreThanIsLeft
from tenure.records.documents.states import DocumentState
from tenure.records.journal.models import Entry
from tenure.strategy.sections import Strategy
from tests.act.documents.papers import a_payment
from tests.builders import AS_OF, AT, an_account, day

GOLDEN = Path(__file__).with_name("golden")


def text_of(pdf: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return "\n".join(page.extract_text() for page in reader.pages)


def test_a_payment_has_one_receipt_with_the_tax_in_it(strategy: Strategy) -> None:
    """BIL-01, R-I-009: 1,069.20 at 9 % is 980.92 and 88.28."""
    payment = a_payment(starts_on=AS_OF)

    first = receipts.issue(payment.pk, at=AT, by="loop")
    again = receipts.issue(payment.pk, at=AT, by="loop")

    assert first.pk == again.pk
    assert (first.number, first.entity) == ("RC-2026-000001", "lanjiang")
    assert (first.gross_minor, first.net_minor, first.tax_minor) == (106_920, 98_092, 8_828)
    assert first.content["lines"][0]["share"] == "0.09"
    assert Entry.objects.filter(kind="document.issued").count() == 1


def test_the_day_of_supply_decides_the_rate(strategy: Strategy) -> None:
    """R-I-005: broadband that began in 2025 carries 6 %, from 2026-01-01 it is 9 %."""
    old = receipts.issue(a_payment(starts_on=date(2025, 12, 31)).pk, at=AT, by="loop")
    new = receipts.issue(a_payment(starts_on=date(2026, 1, 1)).pk, at=AT, by="loop")

    assert (old.content["lines"][0]["share"], old.tax_minor) == ("0.06", 6_052)
    assert (new.content["lines"][0]["share"], new.tax_minor) == ("0.09", 8_828)


def test_money_that_did_not_arrive_has_no_receipt(strategy: Strategy) -> None:
    payment = a_payment()
    payment.state = "failed"
    payment.save()

    with pytest.raises(NotPaid):
        receipts.issue(payment.pk, at=AT, by="loop")

    assert Document.objects.count() == 0


def test_credit_notes_add_up_to_the_receipt(strategy: Strategy) -> None:
    """G20: 400.00 and then 800.00 back of 1,200.00 end with no cent of net or tax left."""
    payment = a_payment(amount_minor=120_000, starts_on=AS_OF)
    receipt = receipts.issue(payment.pk, at=AT, by="loop")

    def back(minor: int, name: str) -> Document:
        refund = Refunded(payment.pk, Money(minor, "CNY"), name, day(3))
        return receipts.credit(refund, at=AT, by="loop")

    first, same, second = back(40_000, "a"), back(40_000, "a"), back(80_000, "b")
    with pytest.raises(MoreThanIsLeft):
        back(1, "c")

    assert first.pk == same.pk
    assert (receipt.net_minor, receipt.tax_minor) == (110_092, 9_908)
    assert (first.net_minor, first.tax_minor) == (-36_697, -3_303)
    assert (second.net_minor, second.tax_minor) == (-73_395, -6_605)
    assert (first.number, second.number) == ("CN-2026-000001", "CN-2026-000002")
    assert first.content["corrects"]["number"] == receipt.number


def test_a_refund_without_a_receipt_is_refused(strategy: Strategy) -> None:
    payment = a_payment()

    with pytest.raises(NoReceipt):
        receipts.credit(Refunded(payment.pk, Money(1, "CNY"), "a", AS_OF), at=AT, by="loop")


def test_a_void_receipt_keeps_its_number_and_another_is_issued(strategy: Strategy) -> None:
    """R-I-009."""
    from tenure.records.documents.actions import void

    payment = a_payment()
    first = receipts.issue(payment.pk, at=AT, by="loop")

    gone = void(first.pk, reason="wrong name", on=AS_OF, at=AT, by="user:1")
    void(first.pk, reason="again", on=AS_OF, at=AT, by="user:1")
    second = receipts.issue(payment.pk, at=AT, by="loop")

    assert (gone.state, gone.void_reason) == (DocumentState.VOID, "wrong name")
    assert [gone.number, second.number] == ["RC-2026-000001", "RC-2026-000002"]
    assert "已作废" in text_of(receipts.print_document(gone))


def test_chinese_text_is_found_in_the_pdf_and_the_bytes_are_the_same(strategy: Strategy) -> None:
    """R-I-024, BIL-02: the font is embedded as a subset, so words can be searched."""
    account = an_account(name="杭州云上科技有限公司")
    receipt = receipts.issue(a_payment(account=account, starts_on=AS_OF).pk, at=AT, by="loop")

    pdf = receipts.print_document(receipt)

    text = text_of(pdf)
    for words in (
        "收据",
        "杭州云上科技有限公司",
        "RC-2026-000001",
        "壹仟零陆拾玖元贰角整",
        "微信支付",
    ):
        assert words in text
    assert pdf == receipts.print_document(receipt)
    assert len(pdf) < 120_000
    page: Any = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
    names = {one.get_object()["/BaseFont"] for one in page["/Resources"]["/Font"].values()}
    assert names
    assert all("+NotoSansCJK" in name for name in names)


def test_a_receipt_speaks_its_readers_language(strategy: Strategy) -> None:
    """STD-09."""
    account = an_account(name="Ada Li", language="en")
    receipt = receipts.issue(a_payment(account=account).pk, at=AT, by="loop")

    english = text_of(receipts.print_document(receipt))

    assert receipt.language == "en"
    assert "Receipt" in english
    assert "Paid by" in english
    assert "WeChat Pay" in english
    assert "收据" not in english
    assert "收据" in text_of(receipts.print_document(receipt, "zh-Hans"))


def test_a_receipt_looks_as_it_did(strategy: Strategy) -> None:
    """A golden picture: whoever changes the sheet looks at it and stores the new one."""
    account = an_account(name="张伟")
    payment = a_payment(account=account, starts_on=AS_OF, external_id="4200002601")
    receipt = receipts.issue(payment.pk, at=AT, by="loop")

    assert picture("paper", page_of(receipt), ppi=60) == (GOLDEN / "receipt.png").read_bytes()
