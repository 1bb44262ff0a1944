"""Alipay behind the common protocol."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from tenure.act.payments.configuration import AlipayAccount
from tenure.act.payments.provider import BadNotice, NotOffered, ProviderDown, ProviderRefused
from tenure.act.payments.providers.alipay import bills, rules
from tenure.act.payments.providers.alipay.line import NAME, AlipayLine, read_stamp, stamp
from tenure.act.payments.providers.alipay.mandates import AlipayMandates, agreement_from
from tenure.act.payments.values import (
    About,
    Acknowledgement,
    AgreementCharge,
    AgreementFound,
    AgreementRequest,
    AgreementStatus,
    BillRow,
    Charge,
    Found,
    HandOff,
    HandOffKind,
    Notice,
    PreNotice,
    PreNotified,
    RefundFound,
    RefundOrder,
    RefundStatus,
    Status,
)
from tenure.kernel.failures import Sentence

_PRODUCTS: Final = {
    "page": ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
    "wap": ("alipay.trade.wap.pay", "QUICK_WAP_PAY"),
}
_GONE: Final = "ACQ.TRADE_NOT_EXIST"
_SUBJECT_CHARACTERS: Final = 256
_MANDATES: Final = frozenset({"dut_user_sign", "dut_user_unsign"})
_NO_EVENT: Final = Sentence(zh="缺少通知编号或时间", en="it names no event or no time")


class Alipay:
    """One application of Alipay."""

    name = NAME
    ways = frozenset({"page", "wap", "precreate"})
    signs = True

    def __init__(self, account: AlipayAccount) -> None:
        self._account = account
        self.merchant = f"{account.app_id}:{account.seller_id}"
        self._line = AlipayLine(account)
        self._mandates = AlipayMandates(self._line, account)

    def create(self, charge: Charge, *, at: datetime) -> HandOff:
        if charge.way not in self.ways or charge.amount.currency != "CNY":
            raise NotOffered(provider=NAME, what=f"{charge.way} {charge.amount.currency}")
        content = {
            "out_trade_no": charge.number,
            "total_amount": rules.yuan(charge.amount),
            "subject": charge.subject[:_SUBJECT_CHARACTERS],
            # An instant, not a length: it counts from now, and not from when the page is opened.
            "time_expire": stamp(charge.expires_at),
        }
        urls = {"notify_url": charge.notify_url}
        if charge.way == "precreate":
            told = self._line.ask("alipay.trade.precreate", content, at=at, **urls)
            return HandOff(HandOffKind.QR, url=told["qr_code"])
        method, content["product_code"] = _PRODUCTS[charge.way]
        url = self._line.page(method, content, at=at, return_url=charge.return_url, **urls)
        return HandOff(HandOffKind.REDIRECT, url=url)

    def query(self, number: str, *, at: datetime, provider_id: str = "") -> Found:
        try:
            told = self._line.ask("alipay.trade.query", {"out_trade_no": number}, at=at)
        except ProviderRefused as refusal:
            if refusal.reason == _GONE:
                return Found(number, Status.PENDING, is_known=False)
            raise
        return rules.found_from(number, told, paid_at=read_stamp(told.get("send_pay_date")))

    def close(self, number: str, *, at: datetime, provider_id: str = "") -> None:
        try:
            self._line.ask("alipay.trade.close", {"out_trade_no": number}, at=at)
        except ProviderRefused as refusal:
            if refusal.reason == _GONE:
                return
            # One answer for two cases: closed before, or paid.
            if self.query(number, at=at).status is not Status.CLOSED:
                raise

    def refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        content = {
            "out_trade_no": order.number,
            "out_request_no": order.refund_number,
            "refund_amount": rules.yuan(order.amount),
            "refund_reason": order.reason,
        }
        try:
            told = self._line.ask("alipay.trade.refund", content, at=at)
        except ProviderDown:
            return RefundFound(order.number, order.refund_number, RefundStatus.UNKNOWN)
        if told.get("fund_change") != "Y":
            # Asked before, or still under way: the refund's own query knows.
            return self.query_refund(order, at=at)
        return RefundFound(
            number=order.number,
            refund_number=order.refund_number,
            status=RefundStatus.SUCCEEDED,
            provider_id=told.get("trade_no", ""),
            amount=order.amount,
            refunded_at=at,
        )

    def query_refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        content = {"out_trade_no": order.number, "out_request_no": order.refund_number}
        try:
            told = self._line.ask("alipay.trade.fastpay.refund.query", content, at=at)
        except ProviderRefused as refusal:
            if refusal.reason == _GONE:
                return RefundFound(order.number, order.refund_number, RefundStatus.FAILED)
            raise
        is_made = told.get("refund_status") == "REFUND_SUCCESS"
        return RefundFound(
            number=order.number,
            refund_number=order.refund_number,
            status=RefundStatus.SUCCEEDED if is_made else RefundStatus.FAILED,
            provider_id=told.get("trade_no", ""),
            amount=rules.money(told.get("refund_amount")),
            refunded_at=read_stamp(told.get("gmt_refund_pay")),
        )

    def sign_agreement(self, request: AgreementRequest, *, at: datetime) -> HandOff:
        return self._mandates.sign(request, at=at)

    def query_agreement(
        self, number: str, *, at: datetime, agreement_id: str = ""
    ) -> AgreementFound:
        return self._mandates.query(number, at=at)

    def pre_notify(self, notice: PreNotice, *, at: datetime) -> PreNotified | None:
        """Alipay announces nothing for us: the notice that the law asks for is ours to send."""
        return None

    def charge_agreement(self, charge: AgreementCharge, *, at: datetime) -> Found:
        return self._mandates.deduct(charge, at=at)

    def postpone(self, agreement_id: str, to: date, *, at: datetime) -> None:
        """Agree on a later date for the next deduction (a pause, a longer term)."""
        self._mandates.postpone(agreement_id, to, at=at)

    def terminate_agreement(self, number: str, *, at: datetime, agreement_id: str) -> None:
        self._mandates.end(agreement_id, at=at)

    def verify_notification(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> Notice:
        fields = self._line.opened(body)
        said_at = read_stamp(fields.get("notify_time"))
        if said_at is None or not fields.get("notify_id"):
            raise BadNotice(provider=NAME, why=_NO_EVENT)
        about, said = _said(fields)
        seller = fields.get("seller_id") or fields.get("partner_id", "")
        return Notice(
            event_id=fields["notify_id"],
            about=about,
            merchant=f"{fields.get('app_id', '')}:{seller}",
            at=said_at,
            **said,
        )

    def acknowledgement(self, *, is_taken: bool) -> Acknowledgement:
        return Acknowledgement(200, "text/plain", b"success" if is_taken else b"failure")

    def download_bill(self, day: date, *, at: datetime) -> Sequence[BillRow]:
        return bills.rows_of(self._line, day, at=at)


def _said(fields: dict[str, str]) -> tuple[About, dict[str, Any]]:
    """What a notification is about, and the fields that say it."""
    if fields.get("notify_type") in _MANDATES:
        mandate = agreement_from(fields)
        is_live = mandate.status is AgreementStatus.ACTIVE
        return About.AGREEMENT, {
            "number": mandate.number,
            "status": Status.SUCCEEDED if is_live else Status.CLOSED,
            "agreement_id": mandate.agreement_id,
            "agreement_status": mandate.status,
        }
    number = fields.get("out_trade_no", "")
    if not number or "trade_status" not in fields:
        return About.OTHER, {"number": "", "status": Status.UNKNOWN}
    if fields.get("refund_fee"):
        return About.REFUND, {
            "number": number,
            "status": rules.state_of(fields),
            "provider_id": fields.get("trade_no", ""),
            "refund_number": fields.get("out_biz_no", ""),
            "refund_status": RefundStatus.SUCCEEDED,
        }
    found = rules.found_from(number, fields, paid_at=read_stamp(fields.get("gmt_payment")))
    return About.PAYMENT, {
        "number": number,
        "status": found.status,
        "provider_id": found.provider_id,
        "amount": found.amount,
    }
