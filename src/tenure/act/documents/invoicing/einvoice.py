"""Read the XML of a 数电票 (root `EInvoice`, R-I-004), alone or inside an OFD."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.records.invoicing.states import FileFormat

_NUMBER: Final = re.compile(r"\d{20}", re.ASCII)
_MOST_BYTES: Final = 5_000_000
_MOST_INSIDE: Final = 20_000_000


class NotAnEInvoice(Refusal):
    """A file that cannot be read as what it says it is."""

    code = "not_an_einvoice"
    said = Sentence(
        zh="这个文件不是可用的数电票文件：{why}。请上传税务平台给出的 XML、OFD 或 PDF 原件。",
        en="This is not a usable file of the tax platform: {why}. Upload its own XML, OFD or PDF.",
    )


_TOO_BIG = Sentence(zh="文件超过 5 MB", en="it is larger than 5 MB")
_NOT_XML = Sentence(zh="XML 无法解析", en="its XML cannot be read")
_DTD = Sentence(zh="XML 含有 DTD 或实体", en="its XML holds a DTD or entities")
_NOT_ROOT = Sentence(zh="根元素应为 EInvoice，却是 {found}", en="its root is {found}, not EInvoice")
_ABSENT = Sentence(zh="缺少 {name}", en="{name} is missing")
_NOT_20 = Sentence(zh="号码 {found} 不是 20 位数字", en="the number {found} has not 20 digits")
_NOT_MONEY = Sentence(zh="{name} 的金额“{found}”无法识别", en="{name} holds “{found}”, no amount")
_SUMS = Sentence(
    zh="合计不符：不含税 {net} + 税额 {tax} ≠ 价税合计 {gross}",
    en="its totals do not add up: {net} + {tax} is not {gross}",
)
_LINES = Sentence(
    zh="明细合计 {lines} 与票面 {total} 不符", en="its lines add up to {lines}, not to {total}"
)
_NOT_OFD = Sentence(zh="不是有效的 OFD（ZIP 内应有 OFD.xml）", en="it is no OFD: no OFD.xml inside")
_NOT_KNOWN = Sentence(zh="既不是 XML、OFD，也不是 PDF", en="it is neither XML, OFD nor PDF")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the document."""

    name: str
    code: str
    net: Money
    tax: Money
    share: Decimal


@dataclass(frozen=True, slots=True)
class EInvoice:
    """What the platform issued, as its XML says."""

    number: str
    issued_on: date
    seller_name: str
    seller_id: str
    buyer_name: str
    buyer_id: str
    net: Money
    tax: Money
    gross: Money
    is_red: bool
    original: str
    confirmation: str
    remark: str
    items: tuple[Item, ...]


def format_of(content: bytes) -> FileFormat:
    """What a file is, by its own first bytes.

    Raises:
        NotAnEInvoice
    """
    if len(content) > _MOST_BYTES:
        raise NotAnEInvoice(why=_TOO_BIG)
    if content.startswith(b"%PDF-"):
        return FileFormat.PDF
    if content.startswith(b"PK\x03\x04"):
        return FileFormat.OFD
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return FileFormat.XML
    raise NotAnEInvoice(why=_NOT_KNOWN)


def read(content: bytes) -> EInvoice | None:
    """The document of an XML, or of an OFD that carries it; None where only a picture is there.

    Raises:
        NotAnEInvoice
    """
    form = format_of(content)
    if form == FileFormat.XML:
        return parse(content)
    if form == FileFormat.OFD:
        inside = _xml_inside(content)
        return parse(inside) if inside is not None else None
    return None


def parse(content: bytes) -> EInvoice:
    """Read and check one `EInvoice`: its number, its totals, its lines.

    Raises:
        NotAnEInvoice
    """
    root = _root(content)
    basic = "EInvoiceData/BasicInformation"
    net = _money(root, f"{basic}/TotalAmWithoutTax")
    tax = _money(root, f"{basic}/TotalTaxAm")
    gross = _money(root, f"{basic}/TotalTax-includedAmount")
    if net + tax != gross:
        raise NotAnEInvoice(why=_SUMS.fill(net=net.decimal, tax=tax.decimal, gross=gross.decimal))
    items = tuple(_item(one) for one in root.findall("EInvoiceData/IssuItemInformation"))
    lines = Money.total((one.net + one.tax for one in items), currency="CNY")
    if lines != gross:
        raise NotAnEInvoice(why=_LINES.fill(lines=lines.decimal, total=gross.decimal))
    red = "EInvoiceData/SpecificInformation/RedEInvoice"
    return EInvoice(
        number=_number(root),
        issued_on=_day(root, "TaxSupervisionInfo/IssueTime"),
        seller_name=_text(root, "EInvoiceData/SellerInformation/SellerName"),
        seller_id=_text(root, "EInvoiceData/SellerInformation/SellerIdNum"),
        buyer_name=_text(root, "EInvoiceData/BuyerInformation/BuyerName"),
        buyer_id=_optional(root, "EInvoiceData/BuyerInformation/BuyerIdNum"),
        net=net,
        tax=tax,
        gross=gross,
        is_red=gross.amount_minor < 0,
        original=_optional(root, f"{red}/OriginalInvoiceCode"),
        confirmation=_optional(root, f"{red}/CreditNoteNumber"),
        remark=_optional(root, "EInvoiceData/AdditionalInformation/Remark"),
        items=items,
    )


def _root(content: bytes) -> Any:
    from lxml import etree

    if len(content) > _MOST_INSIDE:
        raise NotAnEInvoice(why=_TOO_BIG)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise NotAnEInvoice(why=_DTD)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise NotAnEInvoice(why=_NOT_XML) from None
    if root.tag != "EInvoice":
        raise NotAnEInvoice(why=_NOT_ROOT.fill(found=str(root.tag)[:40]))
    return root


def _number(root: Any) -> str:
    number = _text(root, "TaxSupervisionInfo/InvoiceNumber")
    if not _NUMBER.fullmatch(number):
        raise NotAnEInvoice(why=_NOT_20.fill(found=number[:40]))
    return number


def _item(node: Any) -> Item:
    share = _optional(node, "TaxRate").rstrip("%")
    try:
        rate = Decimal(share or "0")
    except InvalidOperation:
        raise NotAnEInvoice(why=_NOT_MONEY.fill(name="TaxRate", found=share[:40])) from None
    return Item(
        name=_text(node, "ItemName"),
        code=_optional(node, "TaxClassificationCode"),
        net=_money(node, "Amount"),
        tax=_money(node, "ComTaxAm"),
        share=rate,
    )


def _optional(node: Any, path: str) -> str:
    found = node.find(path)
    return (found.text or "").strip() if found is not None else ""


def _text(node: Any, path: str) -> str:
    found = _optional(node, path)
    if not found:
        raise NotAnEInvoice(why=_ABSENT.fill(name=path.rpartition("/")[2]))
    return found


def _money(node: Any, path: str) -> Money:
    found = _text(node, path)
    try:
        exact = Decimal(found).scaleb(2)
    except InvalidOperation:
        exact = Decimal("0.5")
    if exact != int(exact):
        name = path.rpartition("/")[2]
        raise NotAnEInvoice(why=_NOT_MONEY.fill(name=name, found=found[:40]))
    return Money(int(exact), "CNY")


def _day(node: Any, path: str) -> date:
    found = _text(node, path)
    try:
        return date.fromisoformat(found[:10])
    except ValueError:
        name = path.rpartition("/")[2]
        raise NotAnEInvoice(why=_NOT_MONEY.fill(name=name, found=found[:40])) from None


def _xml_inside(content: bytes) -> bytes | None:
    """The `EInvoice` that an OFD carries as an attachment."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if "OFD.xml" not in {one.filename for one in entries}:
                raise NotAnEInvoice(why=_NOT_OFD)
            if sum(one.file_size for one in entries) > _MOST_INSIDE:
                raise NotAnEInvoice(why=_TOO_BIG)
            return _first_einvoice(archive, [one.filename for one in entries])
    except zipfile.BadZipFile:
        raise NotAnEInvoice(why=_NOT_OFD) from None


def _first_einvoice(archive: zipfile.ZipFile, names: Sequence[str]) -> bytes | None:
    for name in names:
        if name.lower().endswith(".xml"):
            found = archive.read(name)
            if b"<EInvoice" in found[:2_000]:
                return found
    return None
