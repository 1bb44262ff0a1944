"""Aliyun SMS as its callers see it: ACS3-HMAC-SHA256, SendSms, SmsReport and SmsUp."""

import hashlib
import hmac
import json
import re
from datetime import datetime
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from tenure.kernel import clock
from tenure.world.channels.tower import Text, Tower
from tenure.world.gateways.serving import Answer, Request

_AUTHORIZATION: Final = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})"
)
_SIGNED: Final = frozenset(
    {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce",
     "x-acs-version"}
)  # fmt: skip
_ZONE: Final = ZoneInfo("Asia/Shanghai")
_PLACE: Final = re.compile(r"\$\{(\w+)\}")
_REPORTED: Final = {"": "DELIVERED", "OFF": "MOBILE_OFF", "GONE": "MOBILE_NOT_ON_SERVICE"}


class AliyunTower(Tower):
    """Plays dysmsapi.aliyuncs.com."""

    name = "aliyun"
    key_id = "LTAI5tTenureDemoSmsKey"
    secret = "demo-secret-of-the-played-aliyun"  # nosec B105

    def configuration(self) -> dict[str, str | int]:
        return {
            "gateway": self.address,
            "access_key_id": self.key_id,
            "access_key_secret": self.secret,
            "sign_name": self.rules.sign_name,
            "callback_token": self.callback_token,
            "value_limit": self.rules.value_limit,
        }

    def called(self, request: Request) -> Answer:
        refused = self._unproved(request)
        if refused:
            return _said(refused, status=400)
        if request.headers["x-acs-action"] != "SendSms":
            return _said("InvalidAction.NotFound", status=404)
        code = self._wrong(request.query)
        if code:
            return _said(code)
        query = request.query
        template = self.rules.templates[query["TemplateCode"]]
        values = json.loads(query["TemplateParam"])
        content = f"【{query['SignName']}】" + _PLACE.sub(
            lambda one: values[one.group(1)], template.text
        )
        text = self.take(
            f"+86{query['PhoneNumbers']}",
            content,
            template=template.code,
            own_id=query.get("OutId", ""),
        )
        return _said("OK", BizId=text.provider_id)

    def _unproved(self, request: Request) -> str:
        """The code of what is wrong with the signature; empty where it holds."""
        found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
        if found is None:
            return "IncompleteSignature"
        key_id, named, signature = found.groups()
        names = named.split(";")
        if key_id != self.key_id:
            return "InvalidAccessKeyId.NotFound"
        if not set(names) >= _SIGNED or names != sorted(names):
            return "IncompleteSignature"
        told = datetime.strptime(request.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%S%z")
        if self.is_stale(told):
            return "InvalidTimeStamp.Expired"
        content = hashlib.sha256(request.body).hexdigest()
        pairs = sorted((_quoted(name), _quoted(value)) for name, value in request.query.items())
        query = "&".join(f"{name}={value}" for name, value in pairs)
        lines = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
        canonical = "\n".join([request.method, request.path, query, lines, named, content])
        text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
        ours = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        if request.headers["x-acs-content-sha256"] != content or ours != signature:
            return "SignatureDoesNotMatch"
        nonce = request.headers["x-acs-signature-nonce"]
        if nonce in self.nonces:
            return "SignatureNonceUsed"
        self.nonces.add(nonce)
        return ""

    def _wrong(self, query: dict[str, str]) -> str:
        """The code of what is wrong with a message; empty where it is taken."""
        if query.get("SignName") != self.rules.sign_name:
            return "isv.SMS_SIGNATURE_ILLEGAL"
        template = self.rules.templates.get(query.get("TemplateCode", ""))
        if template is None:
            return "isv.SMS_TEMPLATE_ILLEGAL"
        number = f"+86{query.get('PhoneNumbers', '')}"
        if not self.is_mobile(number):
            return "isv.MOBILE_NUMBER_ILLEGAL"
        try:
            values = json.loads(query.get("TemplateParam") or "{}")
        except ValueError:
            return "isv.INVALID_JSON_PARAM"
        if not set(_PLACE.findall(template.text)) <= values.keys():
            return "isv.TEMPLATE_MISSING_PARAMETERS"
        wrong = self.wrong_value(values)
        if wrong:
            return {"url": "isv.PARAM_NOT_SUPPORT_URL", "length": "isv.PARAM_LENGTH_LIMIT"}[wrong]
        if self.is_over_limit(number, at=clock.now()):
            return "isv.BUSINESS_LIMIT_CONTROL"
        return ""

    def report_of(self, text: Text, *, is_delivered: bool, code: str) -> bytes:
        when = text.at.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M:%S")
        report = {
            "phone_number": text.number.removeprefix("+86"),
            "send_time": when,
            "report_time": when,
            "success": is_delivered,
            "err_code": _REPORTED[code],
            "err_msg": "用户接收成功" if is_delivered else "用户未收到",
            "sms_size": str(text.segments),
            "biz_id": text.provider_id,
            "out_id": text.own_id,
        }
        return json.dumps([report], ensure_ascii=False).encode()

    def reply_of(self, number: str, content: str, *, at: datetime) -> bytes:
        reply = {
            "phone_number": number.removeprefix("+86"),
            "content": content,
            "send_time": at.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M:%S"),
            "dest_code": "10690000",
            "sign_name": self.rules.sign_name,
            "sequence_id": int(at.timestamp() * 1_000_000),
        }
        return json.dumps([reply], ensure_ascii=False).encode()


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


def _said(code: str, *, status: int = 200, **more: str) -> Answer:
    content = {"RequestId": "F655A8D5-B967-440B-8683-DAD6FF8DE990", "Code": code, "Message": code}
    return Answer(status, json.dumps({**content, **more}).encode())
