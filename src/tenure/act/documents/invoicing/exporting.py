"""Requests as a sheet for the e-tax bureau's batch import, one row a line (R-I-002).

Every text that a customer wrote is made harmless: a cell that begins like a formula gets an
apostrophe in front, and a cell of the workbook is text by its type.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from tenure.kernel.money import Money
from tenure.records.invoicing.models import Invoice
from tenure.records.invoicing.states import InvoiceKind, TitleKind

HEAD: Final = (
    "流水号", "类型", "票种", "购买方类型", "购买方名称", "购买方税号", "购买方地址",
    "购买方电话", "购买方开户行", "购买方银行账号", "购买方邮箱", "项目名称",
    "商品和服务税收分类编码", "单位", "数量", "含税金额", "税率", "税额", "不含税金额",
    "被红冲号码", "红字确认单编号", "销售方税号", "开票人", "备注",
)  # fmt: skip
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(text: str) -> str:
    """A customer's text that no spreadsheet takes for a formula."""
    clean = " ".join(text.split()) if any(one in text for one in "\r\n\t") else text
    return f"'{clean}" if text.startswith(_FORMULA_STARTS) or clean != text else clean


def rows_of(invoices: Sequence[Invoice]) -> Iterator[tuple[str, ...]]:
    """One row for each line of each request."""
    for invoice in invoices:
        for line in invoice.lines:
            yield _row(invoice, line)


def as_csv(invoices: Sequence[Invoice]) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read the Chinese."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEAD)
    writer.writerows(rows_of(invoices))
    return stream.getvalue().encode("utf-8-sig")


def as_xlsx(invoices: Sequence[Invoice]) -> bytes:
    """A workbook with one sheet, every cell a text."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("开票申请")
    for row in (HEAD, *rows_of(invoices)):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=text)
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _row(invoice: Invoice, line: Mapping[str, Any]) -> tuple[str, ...]:
    buyer = invoice.buyer
    is_red = invoice.kind == InvoiceKind.RED
    blue_number = invoice.corrects.number if invoice.corrects is not None else ""
    people = tuple(
        guarded(str(buyer[name]))
        for name in ("name", "tax_id", "address", "phone", "bank", "bank_account", "email")
    )
    gross, tax, net = (_amount(line, key, invoice.currency) for key in ("gross", "tax", "net"))
    return (
        invoice.order_number,
        "红字" if is_red else "蓝字",
        "增值税专用" if invoice.is_special else "普通",
        "企业" if buyer["kind"] == TitleKind.COMPANY else "个人",
        *people,
        f"*{line['group']['zh']}*{line['item']['zh']}",
        line["classification"],
        "项",
        str(line["quantity"]),
        gross,
        f"{(Decimal(line['share']) * 100).normalize():f}%",
        tax,
        net,
        blue_number or "",
        invoice.confirmation,
        invoice.seller["tax_id"],
        invoice.seller["drawer"],
        invoice.order_number,
    )


def _amount(line: Mapping[str, Any], key: str, currency: str) -> str:
    return f"{Money(line[f'{key}_minor'], currency).decimal:f}"
