"""UnionPay's form gateway behind the common protocol.

The customer's browser posts a signed form to UnionPay, which knows of an order from then on. An
order is asked for by its number and the very second in which it was sent, so that second is the
provider's id until UnionPay gives one of its own. An order cannot be closed there, only left to
run out. Mandates are not offered.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from urllib.parse import parse_qsl

from tenure.act.payments.configuration import UnionpayAccount
from tenure.act.payments.provider import BadNotice, NotOffered, ProviderDown, ProviderRefused
from tenure.act.payments.providers.declines import decline_word
from tenure.act.payments.providers.mandateless import Mandateless
from tenure.act.payments.providers.unionpay import bills
from tenure.act.payments.providers.unionpay.wire import NAME, Wire, read_stamp, stamp
from tenure.act.payments.values import (
    About,
    Acknowledgement,
    BillRow,
    Charge,
    Found,
    HandOff,
    HandOffKind,
    Notice,
    RefundFound,
    RefundOrder,
    RefundStatus,
    Status,
)
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money

_FRONT, _BACK, _QUERY = (
    "/gateway/api/frontTransReq.do", "/gateway/api/backTransReq.do", "/gateway/api/queryTrans.do"
)  # fmt: skip
_BIZ: Final = "000201"
_YUAN: Final = "156"
_PAY, _REFUND, _ASK = "01", "04", "00"
_STAMP_DIGITS: Final = 14
_OK, _NOT_FOUND = "00", "34"
_UNSURE: Final = frozenset({"03", "04", "05"})
_UNREADABLE: Final = Sentence(zh="内容无法解读", en="its content cannot be read")


class Unionpay(Mandateless):
    """One merchant of UnionPay."""

    name = NAME
    ways = frozenset({"form"})

    def __init__(self, account: UnionpayAccount) -> None:
        self._account = account
        self.merchant = account.merchant_id
        self._wire = Wire(account)

    def create(self, charge: Charge, *, at: datetime) -> HandOff:
        if charge.way not in self.ways or charge.amount.currency != "CNY":
            raise NotOffered(provider=NAME, what=f"{charge.way} {charge.amount.currency}")
        fields = {
            "txnType": _PAY,
            "txnSubType": "01",
            "bizType": _BIZ,
            "channelType": "07",
            "orderId": charge.number,
            "txnTime": stamp(at),
            "payTimeout": stamp(charge.expires_at),
            "txnAmt": str(charge.amount.amount_minor),
            "currencyCode": _YUAN,
            "frontUrl": charge.return_url,
            "backUrl": charge.notify_url,
            "orderDesc": charge.subject[:32],
        }
        return HandOff(
            HandOffKind.FORM,
            url=self._account.gateway.rstrip("/") + _FRONT,
            fields=self._wire.signed(fields),
            provider_id=fields["txnTime"],
        )

    def query(self, number: str, *, at: datetime, provider_id: str = "") -> Found:
        told = self._asked(number, provider_id or stamp(at), at=at)
        if told.get("respCode") == _NOT_FOUND:
            return Found(number, Status.PENDING, is_known=False)
        code = told.get("origRespCode", "") if told.get("respCode") == _OK else ""
        status = _status_of(code) if code else Status.UNKNOWN
        return Found(
            number=number,
            status=status,
            provider_id=told.get("queryId", ""),
            amount=_money(told),
            paid_at=read_stamp(told.get("txnTime", "")) if status is Status.SUCCEEDED else None,
            decline_code=decline_word(code) if status is Status.FAILED else "",
        )

    def close(self, number: str, *, at: datetime, provider_id: str = "") -> None:
        """UnionPay lets an order run out at its end; one that is paid is refused all the same."""
        if self.query(number, at=at, provider_id=provider_id).status is Status.SUCCEEDED:
            raise ProviderRefused(provider=NAME, reason="paid")

    def refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        fields = {
            "txnType": _REFUND,
            "txnSubType": "00",
            "bizType": _BIZ,
            "channelType": "07",
            "orderId": order.refund_number,
            "txnTime": stamp(order.asked_at or at),
            "txnAmt": str(order.amount.amount_minor),
            "currencyCode": _YUAN,
            "origQryId": self._paid_id(order, at=at),
            "backUrl": order.notify_url,
            # Comes back with the notification, which names the refund alone.
            "reqReserved": order.number,
        }
        try:
            told = self._wire.ask(_BACK, fields, at=at)
        except ProviderDown:
            return RefundFound(order.number, order.refund_number, RefundStatus.UNKNOWN)
        code = told.get("respCode", "")
        if code != _OK and code not in _UNSURE:
            raise ProviderRefused(provider=NAME, reason=code)
        status = RefundStatus.PROCESSING if code == _OK else RefundStatus.UNKNOWN
        return RefundFound(
            number=order.number,
            refund_number=order.refund_number,
            status=status,
            provider_id=told.get("queryId", ""),
            amount=order.amount,
        )

    def query_refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        told = self._asked(order.refund_number, stamp(order.asked_at or at), at=at)
        code = told.get("origRespCode", "")
        if told.get("respCode") == _NOT_FOUND:
            status = RefundStatus.FAILED
        elif code == _OK:
            status = RefundStatus.SUCCEEDED
        else:
            status = RefundStatus.PROCESSING if code in _UNSURE else RefundStatus.FAILED
        return RefundFound(
            number=order.number,
            refund_number=order.refund_number,
            status=status,
            provider_id=told.get("queryId", ""),
            amount=_money(told),
            refunded_at=read_stamp(told.get("txnTime", "")),
        )

    def verify_notification(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> Notice:
        try:
            told = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        except ValueError as error:
            raise BadNotice(provider=NAME, why=_UNREADABLE) from error
        self._wire.check(told, at=at)
        said_at = read_stamp(told.get("txnTime", ""))
        if said_at is None or not told.get("queryId"):
            raise BadNotice(provider=NAME, why=_UNREADABLE)
        is_refund = told.get("txnType") == _REFUND
        status = _status_of(told.get("respCode", ""))
        made = RefundStatus.SUCCEEDED if status is Status.SUCCEEDED else RefundStatus.FAILED
        return Notice(
            event_id=told["queryId"],
            about=About.REFUND if is_refund else About.PAYMENT,
            number=told.get("reqReserved" if is_refund else "orderId", ""),
            status=status,
            merchant=told.get("merId", ""),
            at=said_at,
            provider_id=told["queryId"],
            amount=_money(told),
            refund_number=told.get("orderId", "") if is_refund else "",
            refund_status=made if is_refund else None,
        )

    def acknowledgement(self, *, is_taken: bool) -> Acknowledgement:
        return Acknowledgement(200 if is_taken else 500, "text/plain", b"ok" if is_taken else b"")

    def download_bill(self, day: date, *, at: datetime) -> Sequence[BillRow]:
        return bills.rows_of(self._wire, day, at=at)

    def _asked(self, number: str, named: str, *, at: datetime) -> dict[str, str]:
        """Ask for a transaction by UnionPay's id, or by its number and its second."""
        by_second = len(named) == _STAMP_DIGITS
        fields = {
            "txnType": _ASK,
            "txnSubType": "00",
            "bizType": _BIZ,
            "orderId": number if by_second else "",
            "txnTime": named if by_second else stamp(at),
            "queryId": "" if by_second else named,
        }
        return self._wire.ask(_QUERY, fields, at=at)

    def _paid_id(self, order: RefundOrder, *, at: datetime) -> str:
        """UnionPay's own id of the payment."""
        if len(order.provider_id) > _STAMP_DIGITS:
            return order.provider_id
        found = self.query(order.number, at=at, provider_id=order.provider_id)
        if found.status is not Status.SUCCEEDED:
            raise ProviderRefused(provider=NAME, reason=_NOT_FOUND)
        return found.provider_id


def _status_of(code: str) -> Status:
    """R-Y-011: 00 succeeded; 03, 04 and 05 unknown; the others failed."""
    if code == _OK:
        return Status.SUCCEEDED
    return Status.UNKNOWN if code in _UNSURE else Status.FAILED


def _money(told: Mapping[str, str]) -> Money | None:
    amount = told.get("txnAmt", "")
    is_yuan = told.get("currencyCode", _YUAN) == _YUAN
    return Money(int(amount), "CNY") if amount.isdecimal() and is_yuan else None
