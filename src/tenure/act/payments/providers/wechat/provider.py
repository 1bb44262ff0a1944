"""WeChat Pay v3 behind the common protocol."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from wechatpayv3 import SignType, WeChatPayType

from tenure.act.payments.configuration import WechatAccount
from tenure.act.payments.provider import BadNotice, NotOffered, ProviderDown, ProviderRefused
from tenure.act.payments.providers.wechat import bills, rules
from tenure.act.payments.providers.wechat.line import NAME, WechatLine
from tenure.act.payments.providers.wechat.mandates import WechatMandates, agreement_from
from tenure.act.payments.providers.wechat.reserving import WechatReservations
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

_DESCRIPTION_BYTES: Final = 127
_REASON_BYTES: Final = 80
_WAYS: Final = {
    "native": WeChatPayType.NATIVE, "jsapi": WeChatPayType.JSAPI, "h5": WeChatPayType.H5
}  # fmt: skip
_GONE: Final = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
_CLOSED: Final = frozenset({"ORDER_CLOSED", "ORDERCLOSED"})
_ENTRUST: Final = frozenset({"ENTRUST.SIGNING", "ENTRUST.RELEASE", "PAPAY.SIGN", "PAPAY.TERMINATE"})
_MODES: Final = {"announce": WechatMandates, "reserve": WechatReservations}
_NO_TIME: Final = Sentence(zh="缺少事件时间", en="it does not say when")


class WechatPay:
    """One merchant of WeChat Pay."""

    name = NAME
    ways = frozenset(_WAYS)

    def __init__(self, account: WechatAccount) -> None:
        self._account = account
        self.merchant = f"{account.mchid}:{account.appid}"
        self._line = WechatLine(account)
        mode = _MODES[account.deduction_mode]
        self._mandates = mode(self._line, account)
        self.signs = bool(account.plan_id)

    def create(self, charge: Charge, *, at: datetime) -> HandOff:
        if charge.way not in _WAYS or charge.amount.currency != "CNY":
            raise NotOffered(provider=NAME, what=f"{charge.way} {charge.amount.currency}")
        order: dict[str, Any] = {
            "description": _cut(charge.subject, _DESCRIPTION_BYTES),
            "out_trade_no": charge.number,
            "amount": {"total": charge.amount.amount_minor, "currency": "CNY"},
            "time_expire": rules.closes_at(charge.expires_at, at=at),
            "notify_url": charge.notify_url,
            "pay_type": _WAYS[charge.way],
        }
        if charge.way == "jsapi":
            order["payer"] = {"openid": charge.payer}
        if charge.way == "h5":
            ip = charge.client_ip or "127.0.0.1"
            order["scene_info"] = {"payer_client_ip": ip, "h5_info": {"type": "Wap"}}
        told = self._line.call(lambda sdk: sdk.pay(**order))
        return self._hand_off(charge.way, told, at=at)

    def query(self, number: str, *, at: datetime, provider_id: str = "") -> Found:
        try:
            return rules.found_from(self._line.call(lambda sdk: sdk.query(out_trade_no=number)))
        except ProviderRefused as refusal:
            if refusal.reason in _GONE:
                return Found(number, Status.CLOSED, is_known=False)
            raise

    def close(self, number: str, *, at: datetime, provider_id: str = "") -> None:
        try:
            self._line.call(lambda sdk: sdk.close(number))
        except ProviderRefused as refusal:
            if refusal.reason not in _GONE | _CLOSED:
                raise

    def refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        wish: dict[str, Any] = {
            "out_refund_no": order.refund_number,
            "out_trade_no": order.number,
            "reason": _cut(order.reason, _REASON_BYTES),
            "notify_url": order.notify_url or None,
            "amount": {
                "refund": order.amount.amount_minor,
                "total": order.total.amount_minor,
                "currency": order.amount.currency,
            },
        }
        try:
            return rules.refund_from(self._line.call(lambda sdk: sdk.refund(**wish)))
        except ProviderDown:
            return RefundFound(order.number, order.refund_number, RefundStatus.UNKNOWN)

    def query_refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        try:
            told = self._line.call(lambda sdk: sdk.query_refund(order.refund_number))
        except ProviderRefused as refusal:
            if refusal.reason in _GONE:
                return RefundFound(order.number, order.refund_number, RefundStatus.FAILED)
            raise
        return rules.refund_from(told)

    def sign_agreement(self, request: AgreementRequest, *, at: datetime) -> HandOff:
        return self._mandates.sign(request)

    def query_agreement(
        self, number: str, *, at: datetime, agreement_id: str = ""
    ) -> AgreementFound:
        return self._mandates.query(number)

    def pre_notify(self, notice: PreNotice, *, at: datetime) -> PreNotified:
        return self._mandates.announce(notice, at=at)

    def charge_agreement(self, charge: AgreementCharge, *, at: datetime) -> Found:
        return self._mandates.deduct(charge, at=at)

    def terminate_agreement(self, number: str, *, at: datetime, agreement_id: str) -> None:
        self._mandates.end(number)

    def verify_notification(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> Notice:
        event = self._line.opened(headers, body, at=at)
        told, kind = event["resource"], str(event.get("event_type", ""))
        created = rules.instant(event.get("create_time"))
        if created is None:
            raise BadNotice(provider=NAME, why=_NO_TIME)
        about, said = _said(told, kind=kind)
        # A refund's notification names the merchant and not the app.
        appid = told.get("appid") or (self._account.appid if about is About.REFUND else "")
        return Notice(
            event_id=event["id"],
            about=about,
            merchant=f"{told.get('mchid', '')}:{appid}",
            at=created,
            **said,
        )

    def acknowledgement(self, *, is_taken: bool) -> Acknowledgement:
        if is_taken:
            return Acknowledgement(204, "application/json", b"")
        body = json.dumps({"code": "FAIL", "message": "not taken"}).encode()
        return Acknowledgement(500, "application/json", body)

    def download_bill(self, day: date, *, at: datetime) -> Sequence[BillRow]:
        return bills.rows_of(self._line, day)

    def _hand_off(self, way: str, told: dict[str, Any], *, at: datetime) -> HandOff:
        if way == "native":
            return HandOff(HandOffKind.QR, url=told["code_url"])
        if way == "h5":
            return HandOff(HandOffKind.REDIRECT, url=told["h5_url"])
        stamp, nonce = str(int(at.timestamp())), told["prepay_id"][-32:]
        package = f"prepay_id={told['prepay_id']}"
        parts = [self._account.appid, stamp, nonce, package]
        fields = {
            "appId": self._account.appid,
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": self._line.sdk.sign(parts, SignType.RSA_SHA256),
        }
        return HandOff(HandOffKind.JSAPI, fields=fields, provider_id=told["prepay_id"])


def _said(told: dict[str, Any], *, kind: str) -> tuple[About, dict[str, Any]]:
    """What a notification is about, and the fields that say it."""
    if kind.startswith("TRANSACTION.") and "trade_state" in told:
        found = rules.found_from(told)
        names = ("number", "status", "provider_id", "amount", "decline_code")
        return About.PAYMENT, {name: getattr(found, name) for name in names}
    if kind.startswith("REFUND."):
        refund = rules.refund_from(told)
        return About.REFUND, {
            "number": refund.number,
            "status": Status.SUCCEEDED,
            "provider_id": refund.provider_id,
            "amount": refund.amount,
            "refund_number": refund.refund_number,
            "refund_status": refund.status,
        }
    if kind in _ENTRUST:
        mandate = agreement_from(told)
        is_live = mandate.status is AgreementStatus.ACTIVE
        return About.AGREEMENT, {
            "number": mandate.number,
            "status": Status.SUCCEEDED if is_live else Status.CLOSED,
            "agreement_id": mandate.agreement_id,
            "agreement_status": mandate.status,
        }
    return About.OTHER, {"number": "", "status": Status.UNKNOWN}


def _cut(text: str, most_bytes: int) -> str:
    """A text of at most so many bytes, whole characters only."""
    return text.encode()[:most_bytes].decode(errors="ignore")
