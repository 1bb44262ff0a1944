"""Tencent Cloud SMS as its callers see it: TC3-HMAC-SHA256, SendSms, reports and replies."""

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from tenure.kernel import clock
from tenure.world.channels.tower import Text, Tower
from tenure.world.gateways.serving import Answer, Request

_AUTHORIZATION: Final = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/]+)/(\d{4}-\d\d-\d\d)/sms/tc3_request, "
    r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})"
)
_ZONE: Final = ZoneInfo("Asia/Shanghai")
_PLACE: Final = re.compile(r"\$\{(\w+)\}")
_MOST_NUMBERS: Final = 200
_REPORTED: Final = {"": "DELIVRD", "OFF": "002", "GONE": "012"}


class TencentTower(Tower):
    """Plays sms.tencentcloudapi.com."""

    name = "tencent"
    secret_id = "AKIDtenureDemoSmsSecretId"  # nosec B105
    secret_key = "demo-secret-of-the-played-tencent"  # nosec B105
    sdk_app_id = "1400006666"

    def configuration(self) -> dict[str, str | int]:
        return {
            "gateway": self.address,
            "secret_id": self.secret_id,
            "secret_key": self.secret_key,
            "sdk_app_id": self.sdk_app_id,
            "sign_name": self.rules.sign_name,
            "callback_token": self.callback_token,
            "value_limit": self.rules.value_limit,
        }

    def called(self, request: Request) -> Answer:
        refused = self._unproved(request)
        if refused:
            return _refused(refused)
        if request.headers.get("x-tc-action") != "SendSms":
            return _refused("InvalidAction")
        content = request.content
        numbers = content.get("PhoneNumberSet") or []
        if not numbers or len(numbers) > _MOST_NUMBERS:
            return _refused("InvalidParameterValue.PhoneNumberSet")
        if content.get("SmsSdkAppId") != self.sdk_app_id:
            return _refused("InvalidParameterValue.SdkAppIdNotExist")
        statuses = [self._one(str(number), content) for number in numbers]
        return Answer(200, json.dumps({"Response": {"SendStatusSet": statuses}}).encode())

    def _one(self, number: str, content: dict[str, Any]) -> dict[str, object]:
        code = self._wrong(number, content)
        serial, fee = "", 0
        if not code:
            template = self.rules.templates[content["TemplateId"]]
            values = dict(zip(_places(template.text), content["TemplateParamSet"], strict=True))
            body = _PLACE.sub(lambda one: values[one.group(1)], template.text)
            own_id = str(content.get("SessionContext", ""))
            sign = f"【{content['SignName']}】"
            text = self.take(number, sign + body, template=template.code, own_id=own_id)
            serial, fee, code = text.provider_id, text.segments, "Ok"
        return {
            "SerialNo": serial,
            "PhoneNumber": number,
            "Fee": fee,
            "SessionContext": content.get("SessionContext", ""),
            "Code": code,
            "Message": code,
            "IsoCode": "CN",
        }

    def _unproved(self, request: Request) -> str:
        """The code of what is wrong with the signature; empty where it holds."""
        found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
        if found is None:
            return "AuthFailure.InvalidAuthorization"
        secret_id, day, named, signature = found.groups()
        if secret_id != self.secret_id:
            return "AuthFailure.SecretIdNotFound"
        timestamp = request.headers.get("x-tc-timestamp", "0")
        told = datetime.fromtimestamp(int(timestamp), tz=UTC)
        if self.is_stale(told) or f"{told:%Y-%m-%d}" != day:
            return "AuthFailure.SignatureExpire"
        lines = "".join(
            f"{name}:{request.headers.get(name, '').strip().lower()}\n" for name in named.split(";")
        )
        digest = hashlib.sha256(request.body).hexdigest()
        canonical = "\n".join([request.method, request.path, "", lines, named, digest])
        key = f"TC3{self.secret_key}".encode()
        for part in (day, "sms", "tc3_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        text = "\n".join(
            [
                "TC3-HMAC-SHA256",
                timestamp,
                f"{day}/sms/tc3_request",
                hashlib.sha256(canonical.encode()).hexdigest(),
            ]
        )
        ours = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        return "" if ours == signature else "AuthFailure.SignatureFailure"

    def _wrong(self, number: str, content: dict[str, Any]) -> str:
        """The code of what is wrong with one number; empty where it is taken."""
        if content.get("SignName") != self.rules.sign_name:
            return "FailedOperation.SignatureIncorrectOrUnapproved"
        template = self.rules.templates.get(str(content.get("TemplateId", "")))
        if template is None:
            return "FailedOperation.TemplateIncorrectOrUnapproved"
        if not self.is_mobile(number):
            return "InvalidParameterValue.IncorrectPhoneNumber"
        values = [str(value) for value in content.get("TemplateParamSet") or []]
        if len(values) != len(_places(template.text)):
            return "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
        wrong = self.wrong_value({str(place): value for place, value in enumerate(values)})
        if wrong == "url":
            return "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"
        if wrong:
            return "InvalidParameterValue.TemplateParameterLengthLimit"
        if self.is_over_limit(number, at=clock.now()):
            return "LimitExceeded.PhoneNumberDailyLimit"
        return ""

    def report_of(self, text: Text, *, is_delivered: bool, code: str) -> bytes:
        report = {
            "user_receive_time": text.at.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M:%S"),
            "nationcode": "86",
            "mobile": text.number.removeprefix("+86"),
            "report_status": "SUCCESS" if is_delivered else "FAIL",
            "errmsg": _REPORTED[code],
            "description": "用户短信送达成功" if is_delivered else "短信未送达",
            "sid": text.provider_id,
        }
        return json.dumps([report], ensure_ascii=False).encode()

    def reply_of(self, number: str, content: str, *, at: datetime) -> bytes:
        reply = {
            "extend": "",
            "mobile": number.removeprefix("+86"),
            "nationcode": "86",
            "sign": self.rules.sign_name,
            "text": content,
            "time": int(at.timestamp()),
        }
        return json.dumps(reply, ensure_ascii=False).encode()


def _places(text: str) -> list[str]:
    """The places of a template, each once, in order: {1}, {2} and so on."""
    return list(dict.fromkeys(_PLACE.findall(text)))


def _refused(code: str) -> Answer:
    error = {"Code": code, "Message": code}
    return Answer(200, json.dumps({"Response": {"Error": error, "RequestId": "r"}}).encode())
