"""Aliyun SMS: SendSms of dysmsapi 2017-05-25, signed with ACS3-HMAC-SHA256 (R-C-026).

References:
    help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

from tenure.act.channels.channel import (
    BadCall,
    Call,
    ChannelDown,
    Heard,
    Outcome,
    Parcel,
    Reply,
    Report,
    Result,
)
from tenure.act.channels.codes import DAY, HOUR, MINUTE, Codes
from tenure.act.channels.sms.accounts import AliyunAccount
from tenure.act.channels.sms.calls import items_of, moment, stable_id
from tenure.act.channels.sms.numbers import e164, national
from tenure.act.channels.sms.provider import SmsChannel
from tenure.act.channels.sms.templates import Fitted
from tenure.act.channels.wire import is_too_many

ALGORITHM: Final = "ACS3-HMAC-SHA256"
VERSION: Final = "2017-05-25"
_ZONE: Final = "Asia/Shanghai"
_CODES: Final = Codes(
    dead=frozenset({"isv.MOBILE_NUMBER_ILLEGAL"}),
    waits={
        "isv.BUSINESS_LIMIT_CONTROL": HOUR,
        "isv.DAY_LIMIT_CONTROL": DAY,
        "isv.MONTH_LIMIT_CONTROL": DAY,
        "isp.SYSTEM_ERROR": MINUTE,
        "Throttling.User": MINUTE,
        "Throttling": MINUTE,
    },
    down=frozenset(
        {
            "isv.OUT_OF_SERVICE", "isv.ACCOUNT_NOT_EXISTS", "isv.ACCOUNT_ABNORMAL",
            "isv.AMOUNT_NOT_ENOUGH", "isv.PRODUCT_UN_SUBSCRIPT", "isp.RAM_PERMISSION_DENY",
            "isv.SMS_SIGNATURE_ILLEGAL", "InvalidAccessKeyId.NotFound", "SignatureDoesNotMatch",
            "IncompleteSignature", "InvalidTimeStamp.Expired", "ServiceUnavailable",
        }
    ),
)  # fmt: skip
#: What carriers report about a number that nobody has any more.
_GONE: Final = frozenset({"MOBILE_NOT_ON_SERVICE", "NUMBER_NOT_EXIST", "UNDELIV_EMPTY"})


class AliyunSms(SmsChannel):
    """Text messages through Aliyun."""

    name: str = "aliyun"
    account: AliyunAccount

    def ask(self, parcel: Parcel, number: str, *, found: Fitted, at: datetime) -> Result:
        """One SendSms; `OutId` names our message, and comes back with its report."""
        query = {
            "PhoneNumbers": national(number),
            "SignName": self.account.sign_name,
            "TemplateCode": found.approved.code,
            "TemplateParam": json.dumps(dict(found.values), ensure_ascii=False),
            "OutId": str(parcel.message_id),
        }
        signed = Signed("SendSms", self.account.gateway, query, at, secrets.token_hex(16))
        said = self.line.post(signed.url, headers=self._headers(signed), body=b"")
        code = str(said.content.get("Code", ""))
        if code == "OK":
            return Result(Outcome.ACCEPTED, code, str(said.content.get("BizId", "")))
        if is_too_many(said):
            return Result(Outcome.LATER, code or "429", wait=said.wait or MINUTE)
        if code in _CODES.down:
            raise ChannelDown(channel=self.name, why=code)
        return _CODES.read(code or str(said.status))

    def _headers(self, signed: "Signed") -> Mapping[str, str]:
        key = self.account.access_key_id
        return {
            **signed.headers,
            "Authorization": signed.authorization(key, self.account.access_key_secret),
        }

    def hear(self, call: Call, *, at: datetime) -> Heard:
        """SmsReport and SmsUp: a JSON array of reports, or of what readers answered."""
        reports, replies = [], []
        for item in items_of(call, token=self.account.callback_token, channel=self.name):
            if "biz_id" in item and "success" in item:
                reports.append(_report(item, at=at))
            elif "content" in item:
                replies.append(_reply(item, at=at))
            else:
                raise BadCall(channel=self.name, why="SmsReport, SmsUp")
        answer = json.dumps({"code": 0, "msg": "成功"}, ensure_ascii=False).encode()
        return Heard(reports, replies, answer)


@dataclass(frozen=True, slots=True)
class Signed:
    """One call of an RPC-style action with what is signed of it."""

    action: str
    gateway: str
    query: Mapping[str, str]
    at: datetime
    nonce: str
    version: str = VERSION

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.gateway.rstrip('/')}/?{self._query}"

    @property
    def headers(self) -> dict[str, str]:
        """Everything that is signed, by name."""
        return {
            "host": urlsplit(self.gateway).netloc,
            "x-acs-action": self.action,
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
            "x-acs-date": f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": self.nonce,
            "x-acs-version": self.version,
        }

    def authorization(self, key_id: str, secret: str) -> str:
        """The header that proves who calls."""
        headers = self.headers
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        content = headers["x-acs-content-sha256"]
        canonical = f"POST\n/\n{self._query}\n{lines}\n{names}\n{content}"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        signature = hmac.new(secret.encode(), f"{ALGORITHM}\n{digest}".encode(), hashlib.sha256)
        return (
            f"{ALGORITHM} Credential={key_id},SignedHeaders={names},"
            f"Signature={signature.hexdigest()}"
        )

    @property
    def _query(self) -> str:
        pairs = sorted((_quoted(name), _quoted(value)) for name, value in self.query.items())
        return "&".join(f"{name}={value}" for name, value in pairs)


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


def _report(item: Mapping[str, Any], *, at: datetime) -> Report:
    is_delivered = item["success"] is True or str(item["success"]).lower() == "true"
    out_id, code = str(item.get("out_id") or ""), str(item.get("err_code") or "")
    return Report(
        event_id=stable_id("report", item["biz_id"], item.get("phone_number"), is_delivered),
        outcome="delivered" if is_delivered else "failed",
        at=moment(item.get("report_time"), zone=_ZONE) or at,
        provider_id=str(item["biz_id"]),
        message_id=int(out_id) if out_id.isdecimal() and len(out_id) < 19 else None,
        code=code,
        is_dead=not is_delivered and code in _GONE,
    )


def _reply(item: Mapping[str, Any], *, at: datetime) -> Reply:
    number = e164(str(item.get("phone_number") or ""))
    when = item.get("send_time")
    return Reply(
        event_id=stable_id("reply", item.get("sequence_id") or when, number, item["content"]),
        address=number,
        text=str(item["content"]),
        at=moment(when, zone=_ZONE) or at,
    )
