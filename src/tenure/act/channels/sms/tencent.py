"""Tencent Cloud SMS: SendSms of sms 2021-01-11, signed with TC3-HMAC-SHA256 (R-C-027).

References:
    cloud.tencent.com/document/api/382/52072 (signature), /382/55981 (SendSms)
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

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
from tenure.act.channels.sms.accounts import TencentAccount
from tenure.act.channels.sms.calls import items_of, moment, stable_id
from tenure.act.channels.sms.numbers import e164
from tenure.act.channels.sms.provider import SmsChannel
from tenure.act.channels.sms.templates import Fitted
from tenure.act.channels.wire import is_too_many

ALGORITHM: Final = "TC3-HMAC-SHA256"
VERSION: Final = "2021-01-11"
SERVICE: Final = "sms"
_ZONE: Final = "Asia/Shanghai"
_CODES: Final = Codes(
    dead=frozenset({"InvalidParameterValue.IncorrectPhoneNumber"}),
    waits={
        "LimitExceeded.DeliveryFrequencyLimit": MINUTE,
        "LimitExceeded.PhoneNumberThirtySecondLimit": MINUTE,
        "LimitExceeded.PhoneNumberOneHourLimit": HOUR,
        "LimitExceeded.PhoneNumberDailyLimit": DAY,
        "LimitExceeded.PhoneNumberSameContentDailyLimit": DAY,
        "LimitExceeded.AppDailyLimit": DAY,
        "InternalError.OtherError": MINUTE,
        "RequestLimitExceeded": MINUTE,
    },
    down=frozenset(
        {
            "AuthFailure.SecretIdNotFound", "AuthFailure.SignatureFailure",
            "AuthFailure.SignatureExpire", "AuthFailure.UnauthorizedOperation",
            "UnauthorizedOperation.RequestPermissionDeny",
            "UnauthorizedOperation.ServiceSuspendDueToArrears",
            "FailedOperation.InsufficientBalanceInSmsPackage",
            "FailedOperation.SignatureIncorrectOrUnapproved",
            "InvalidParameterValue.SdkAppIdNotExist", "UnauthorizedOperation.SdkAppIdIsDisabled",
        }
    ),
)  # fmt: skip
_UNKNOWN: Final = frozenset({"InternalError.Timeout", "InternalError.RequestTimeException"})
#: What carriers report about a number that nobody has any more.
_GONE: Final = frozenset({"EMPTY_NUMBER", "-1012", "012"})


class TencentSms(SmsChannel):
    """Text messages through Tencent Cloud."""

    name: str = "tencent"
    account: TencentAccount

    def ask(self, parcel: Parcel, number: str, *, found: Fitted, at: datetime) -> Result:
        """One SendSms; values stand in the order of their places."""
        body = json.dumps(
            {
                "PhoneNumberSet": [number],
                "SmsSdkAppId": self.account.sdk_app_id,
                "SignName": self.account.sign_name,
                "TemplateId": found.approved.code,
                "TemplateParamSet": [value for _, value in found.values],
                "SessionContext": str(parcel.message_id),
            },
            ensure_ascii=False,
        ).encode()
        account = self.account
        signed = Signed("SendSms", account.gateway, body, at)
        headers = {
            **signed.headers,
            "X-TC-Region": account.region,
            "Authorization": signed.authorization(account.secret_id, account.secret_key),
        }
        said = self.line.post(account.gateway, headers=headers, body=body)
        if is_too_many(said):
            return Result(Outcome.LATER, "429", wait=said.wait or MINUTE)
        return self._read(said.content.get("Response"), status=said.status)

    def _read(self, response: object, *, status: int) -> Result:
        told = response if isinstance(response, Mapping) else {}
        error = told.get("Error")
        if isinstance(error, Mapping):
            return self._meant(str(error.get("Code", "")))
        statuses = told.get("SendStatusSet") or [{}]
        first = statuses[0] if isinstance(statuses, list) else {}
        code = str(first.get("Code") or status)
        if code == "Ok":
            return Result(Outcome.ACCEPTED, code, str(first.get("SerialNo", "")))
        return self._meant(code)

    def _meant(self, code: str) -> Result:
        if code in _CODES.down:
            raise ChannelDown(channel=self.name, why=code)
        if code in _UNKNOWN:
            return Result(Outcome.IN_DOUBT, code)
        return _CODES.read(code)

    def hear(self, call: Call, *, at: datetime) -> Heard:
        """Status reports come as an array, what a reader answered as one object."""
        reports, replies = [], []
        for item in items_of(call, token=self.account.callback_token, channel=self.name):
            if "sid" in item and "report_status" in item:
                reports.append(_report(item, at=at))
            elif "text" in item and "mobile" in item:
                replies.append(_reply(item, at=at))
            else:
                raise BadCall(channel=self.name, why="sid, text")
        return Heard(reports, replies, b'{"result":0,"errmsg":"OK"}')


@dataclass(frozen=True, slots=True)
class Signed:
    """One call with what is signed of it."""

    action: str
    gateway: str
    body: bytes
    at: datetime
    service: str = SERVICE
    version: str = VERSION

    @property
    def headers(self) -> dict[str, str]:
        """Everything but the proof."""
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Host": self._host,
            "X-TC-Action": self.action,
            "X-TC-Version": self.version,
            "X-TC-Timestamp": str(self._timestamp),
        }

    @property
    def canonical(self) -> str:
        """The call as both sides write it down."""
        names = "content-type;host;x-tc-action"
        lines = (
            f"content-type:application/json; charset=utf-8\nhost:{self._host}\n"
            f"x-tc-action:{self.action.lower()}\n"
        )
        return f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(self.body).hexdigest()}"

    def authorization(self, secret_id: str, secret_key: str) -> str:
        """The header that proves who calls; the key is of one day and one service."""
        day = f"{datetime.fromtimestamp(self._timestamp, tz=UTC):%Y-%m-%d}"
        scope = f"{day}/{self.service}/tc3_request"
        digest = hashlib.sha256(self.canonical.encode()).hexdigest()
        key = f"TC3{secret_key}".encode()
        for part in (day, self.service, "tc3_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        text = f"{ALGORITHM}\n{self._timestamp}\n{scope}\n{digest}"
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        return (
            f"{ALGORITHM} Credential={secret_id}/{scope}, "
            f"SignedHeaders=content-type;host;x-tc-action, Signature={signature}"
        )

    @property
    def _host(self) -> str:
        return urlsplit(self.gateway).netloc

    @property
    def _timestamp(self) -> int:
        return int(self.at.timestamp())


def _report(item: Mapping[str, Any], *, at: datetime) -> Report:
    is_delivered = item["report_status"] == "SUCCESS"
    code = str(item.get("errmsg") or "")
    return Report(
        event_id=stable_id("report", item["sid"], is_delivered),
        outcome="delivered" if is_delivered else "failed",
        at=moment(item.get("user_receive_time"), zone=_ZONE) or at,
        provider_id=str(item["sid"]),
        code=code,
        is_dead=not is_delivered and code in _GONE,
    )


def _reply(item: Mapping[str, Any], *, at: datetime) -> Reply:
    nation = str(item.get("nationcode") or "86").lstrip("+")
    mobile = str(item["mobile"])
    number = e164(mobile if mobile.startswith("+") else f"+{nation}{mobile}")
    return Reply(
        event_id=stable_id("reply", item.get("time"), number, item["text"]),
        address=number,
        text=str(item["text"]),
        at=moment(item.get("time"), zone=_ZONE) or at,
    )
