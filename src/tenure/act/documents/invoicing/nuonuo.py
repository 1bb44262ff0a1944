"""The open platform of 诺诺 (诺税通), over HTTP with its signature (R-I-003).

Each call signs the exact bytes of its body: base64(HMAC-SHA1(secret, "a=services&l=v1&p=open&…")).
The order number makes a request one request: asked again, the platform refuses the double, and
the answer is found by asking how far it is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from tenure.act.documents.invoicing.provider import Answer, FoundTitle, InvoicingDown, Status
from tenure.kernel.clock import to_us
from tenure.kernel.money import Money
from tenure.records.invoicing.models import Invoice
from tenure.records.invoicing.states import FileFormat

TIMEOUT_S: Final = 10.0
TAKEN: Final = "E0000"
DOUBLE: Final = "E9106"  # the order number is known already
_ISSUED: Final = "2"
_UNDER_WAY: Final = frozenset({"20", "21", "1"})
_METHOD: Final = "nuonuo.OpeMplatform."


@dataclass(frozen=True, slots=True)
class Access:
    """Where the service is, and what it knows us by."""

    url: str
    app_key: str
    app_secret: str
    token: str
    tax_id: str


def signature(access: Access, *, senid: str, nonce: str, timestamp: str, body: str) -> str:
    """X-Nuonuo-Sign of one call."""
    _, first, second, third = urlsplit(access.url).path.split("/")[:4]
    message = (
        f"a={third}&l={second}&p={first}&k={access.app_key}&i={senid}&n={nonce}&t={timestamp}"
        f"&f={body}"
    )
    digest = hmac.new(access.app_secret.encode(), message.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


class Nuonuo:
    """One merchant's account at the service."""

    name = "nuonuo"
    is_by_hand = False

    def __init__(self, access: Access) -> None:
        self._access = access

    def issue_blue(self, invoice: Invoice, *, at: datetime) -> Answer:
        order = {**_order(invoice), "invoiceType": "1", "invoiceDetail": _details(invoice)}
        code, told = self._call("requestBillingNew", {"order": order}, at=at)
        if code == DOUBLE:
            return self.query(invoice, at=at)
        return _under_way(code, told)

    def query(self, invoice: Invoice, *, at: datetime) -> Answer:
        wanted = {"orderNos": [invoice.order_number], "isOfferInvoiceDetail": "0"}
        code, told = self._call("queryInvoiceResult", wanted, at=at)
        found = told.get("result") or []
        if code != TAKEN or not found:
            return Answer(Status.UNKNOWN)
        return _answer(found[0])

    def reissue(self, invoice: Invoice, *, at: datetime) -> Answer:
        code, told = self._call("reInvoice", {"orderno": invoice.order_number}, at=at)
        return _under_way(code, told)

    def apply_red_confirmation(self, invoice: Invoice, *, at: datetime) -> str:
        blue = _blue(invoice)
        form = {
            "billId": invoice.order_number,
            "blueInvoiceLine": "bs",
            "applySource": "0",
            "blueElecInvoiceNumber": blue.number,
            "sellerTaxNo": self._access.tax_id,
            "sellerName": invoice.seller["name"]["zh"],
            "buyerTaxNo": invoice.buyer["tax_id"],
            "buyerName": invoice.buyer["name"],
            "redReason": "2" if invoice.reason == "return" else "1",
            "invoiceDetail": _details(invoice),
        }
        code, told = self._call("saveInvoiceRedConfirm", form, at=at)
        if code not in {TAKEN, DOUBLE}:
            return ""
        asked = {"identity": "0", "billId": invoice.order_number}
        code, told = self._call("queryInvoiceRedConfirm", asked, at=at)
        found = (told.get("result") or {}).get("list") or []
        # 01: no confirmation of the buyer is needed; 04: both sides confirmed.
        ready = [one for one in found if one.get("billStatus") in {"01", "04"}]
        return str(ready[0]["billNo"]) if ready else ""

    def issue_red(self, invoice: Invoice, *, at: datetime) -> Answer:
        blue = _blue(invoice)
        wanted = {
            "orderNo": invoice.order_number,
            "taxNum": self._access.tax_id,
            "elecInvoiceNumber": blue.number,
            "billNo": invoice.confirmation,
        }
        code, told = self._call("fastInvoiceRed", wanted, at=at)
        if code == DOUBLE:
            return self.query(invoice, at=at)
        return _under_way(code, told)

    def download(self, invoice: Invoice, *, form: FileFormat, at: datetime) -> bytes | None:
        wanted = {"orderNos": [invoice.order_number], "isOfferInvoiceDetail": "0"}
        _, told = self._call("queryInvoiceResult", wanted, at=at)
        found = (told.get("result") or [{}])[0]
        address = str(found.get(f"{form}Url") or "")
        return self._fetch(address) if address else None

    def deliver(self, invoice: Invoice, *, email: str, phone: str, at: datetime) -> None:
        wanted = {
            "taxnum": self._access.tax_id,
            "invoiceNum": invoice.number,
            "mail": email,
            "phone": phone,
        }
        code, told = self._call("deliveryInvoice", wanted, at=at)
        if code != TAKEN:
            raise InvoicingDown(provider=self.name, why=_why(code, told))

    def title_lookup(self, name: str, *, at: datetime) -> Sequence[FoundTitle]:
        _, told = self._call("prefixQuery", {"name": name}, at=at)
        found = told.get("result") or []
        return [FoundTitle(str(one["name"]), str(one["kpCode"])) for one in found]

    def _call(self, method: str, content: Mapping[str, Any], *, at: datetime) -> tuple[str, Any]:
        """One call; its code and everything that was said."""
        import httpx

        body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        senid, nonce = secrets.token_hex(16), f"{secrets.randbelow(90_000_000) + 10_000_000}"
        timestamp = str(to_us(at) // 1_000_000)
        marks = {
            "senid": senid,
            "nonce": nonce,
            "timestamp": timestamp,
            "appkey": self._access.app_key,
        }
        signed = signature(self._access, senid=senid, nonce=nonce, timestamp=timestamp, body=body)
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            "X-Nuonuo-Sign": signed,
            "accessToken": self._access.token,
            "userTax": self._access.tax_id,
            "method": f"{_METHOD}{method}",
        }
        address = f"{self._access.url}?{urlencode(marks)}"
        try:
            response = httpx.post(
                address, content=body.encode(), headers=headers, timeout=TIMEOUT_S
            )
            response.raise_for_status()
            told = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise InvoicingDown(provider=self.name, why=type(error).__name__) from error
        if not isinstance(told, dict) or "code" not in told:
            raise InvoicingDown(provider=self.name, why="no code in the answer")
        return str(told["code"]), told

    def _fetch(self, address: str) -> bytes:
        import httpx

        try:
            response = httpx.get(address, timeout=TIMEOUT_S, follow_redirects=True)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise InvoicingDown(provider=self.name, why=type(error).__name__) from error
        return response.content


def _blue(invoice: Invoice) -> Invoice:
    assert invoice.corrects is not None, "a red one corrects a blue one"
    return invoice.corrects


def _order(invoice: Invoice) -> dict[str, Any]:
    buyer, seller = invoice.buyer, invoice.seller
    return {
        "orderNo": invoice.order_number,
        "buyerName": buyer["name"],
        "buyerTaxNum": buyer["tax_id"],
        "buyerTel": buyer["phone"],
        "buyerAddress": buyer["address"],
        "buyerAccount": f"{buyer['bank']} {buyer['bank_account']}".strip(),
        "salerTaxNum": seller["tax_id"],
        "salerTel": seller["phone"],
        "salerAddress": f"{seller['city']['zh']}{seller['address']['zh']}",
        "salerAccount": f"{seller['bank']['zh']} {seller['bank_account']}".strip(),
        "invoiceDate": invoice.requested_at.isoformat(timespec="seconds"),
        "clerk": seller["drawer"],
        "invoiceLine": "bs" if invoice.is_special else "pc",
        "pushMode": "-1",
        "email": buyer["email"],
        "remark": invoice.order_number,
    }


def _details(invoice: Invoice) -> list[dict[str, Any]]:
    return [_detail(line, currency=invoice.currency) for line in invoice.lines]


def _detail(line: Mapping[str, Any], *, currency: str) -> dict[str, Any]:
    gross, net, tax = (
        str(Money(line[f"{key}_minor"], currency).decimal) for key in ("gross", "net", "tax")
    )
    return {
        "goodsName": line["item"]["zh"],
        "goodsCode": line["classification"],
        "num": str(line["quantity"]),
        "withTaxFlag": "1",
        "taxRate": str(Decimal(line["share"])),
        "taxIncludedAmount": gross,
        "taxExcludedAmount": net,
        "tax": tax,
        "invoiceLineProperty": "0",
    }


def _under_way(code: str, told: Mapping[str, Any]) -> Answer:
    if code == TAKEN:
        return Answer(Status.ISSUING)
    return Answer(Status.FAILED, why=_why(code, told))


def _answer(found: Mapping[str, Any]) -> Answer:
    status = str(found.get("status", ""))
    if status == _ISSUED:
        number = str(found["allElectronicInvoiceNumber"])
        issued_on = date.fromisoformat(str(found["invoiceTime"])[:10])
        return Answer(Status.ISSUED, number, issued_on)
    if status in _UNDER_WAY:
        return Answer(Status.ISSUING)
    return Answer(
        Status.FAILED, why=str(found.get("failCause") or found.get("statusMsg") or status)
    )


def _why(code: str, told: Mapping[str, Any]) -> str:
    return f"{code} {told.get('describe', '')}".strip()
