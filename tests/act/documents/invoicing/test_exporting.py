"""The sheet for the batch import; no customer's text becomes a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as some
from openpyxl import load_workbook

from tenure.act.documents.invoicing.exporting import HEAD, as_csv, as_xlsx, guarded
from tenure.strategy.sections import Strategy
from tests.act.documents.invoicing.requested import a_request, a_title
from tests.act.documents.papers import a_payment


def test_a_request_is_a_row_of_the_sheet(strategy: Strategy) -> None:
    """ENT-02, R-I-002."""
    invoice = a_request()

    rows = list(csv.DictReader(io.StringIO(as_csv([invoice]).decode("utf-8-sig"))))

    assert len(rows) == 1
    row = rows[0]
    assert row["流水号"] == invoice.order_number
    assert row["项目名称"] == "*电信服务*互联网宽带接入"
    assert (row["含税金额"], row["税率"], row["税额"]) == ("1200.00", "9%", "99.08")
    assert row["购买方税号"] == "9144030071526726XG"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_a_text_that_begins_like_a_formula_is_made_harmless(strategy: Strategy, start: str) -> None:
    payment = a_payment()
    a_title(payment.account_id, address=f"{start}HYPERLINK(1)")
    invoice = a_request(payment=payment)
    invoice.buyer["address"] = f"{start}HYPERLINK(1)"

    text = as_csv([invoice]).decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(as_xlsx([invoice]))).active

    assert f",{start}" not in text
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in next(iter(sheet.iter_rows()))] == list(HEAD)


@given(some.text(max_size=20))
def test_no_text_keeps_a_dangerous_start(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
