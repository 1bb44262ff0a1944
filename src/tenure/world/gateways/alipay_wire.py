"""How Alipay signs and checks: sorted fields, RSA2, and answers over their exact text (R-Y-031)."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tenure.kernel import clock
from tenure.world.gateways.book import BEIJING
from tenure.world.gateways.delivery import Letter
from tenure.world.gateways.faults import Fault, Faults
from tenure.world.gateways.keys import KeyPair
from tenure.world.gateways.serving import Answer

_SKEW_S: Final = 600
_STAMP: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Seal:
    """The keys of both sides, and the merchant's names."""

    app_id: str
    seller_id: str
    merchant: KeyPair
    platform: KeyPair
    stranger: KeyPair

    def fault_of(self, fields: Mapping[str, str]) -> str:
        """The sub-code of what is wrong with a call; empty when it is the merchant's."""
        if fields.get("app_id") != self.app_id:
            return "isv.invalid-app-id"
        if fields.get("sign_type") != "RSA2":
            return "isv.invalid-signature-type"
        try:
            at = datetime.strptime(fields.get("timestamp", ""), _STAMP).replace(tzinfo=BEIJING)
        except ValueError:
            return "isv.invalid-timestamp"
        if abs((clock.now() - at).total_seconds()) > _SKEW_S:
            return "isv.invalid-timestamp"
        rest = {name: value for name, value in fields.items() if name != "sign"}
        try:
            signature = base64.b64decode(fields.get("sign", ""), validate=True)
            key = self.merchant.private.public_key()
            key.verify(signature, joined(rest), PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error):
            return "isv.invalid-signature"
        return ""

    def answer(self, method: str, content: dict[str, Any]) -> Answer:
        """An answer whose signature is over the very characters between its braces."""
        inner = json.dumps(content, ensure_ascii=False, separators=(", ", ":"))
        signature = base64.b64encode(self.platform.sign(inner.encode())).decode()
        name = method.replace(".", "_") + "_response"
        return Answer(200, f'{{"{name}":{inner},"sign":"{signature}"}}'.encode())

    def refused(self, method: str, sub_code: str, *, code: str = "40004") -> Answer:
        """A refusal; what the gateway itself refuses is not signed."""
        content = {"code": code, "msg": "Failed", "sub_code": sub_code, "sub_msg": sub_code}
        if code in {"40001", "40002"}:
            name = method.replace(".", "_") + "_response"
            return Answer(200, json.dumps({name: content}).encode())
        return self.answer(method, content)

    def letter(self, fields: Mapping[str, str], *, faults: Faults) -> Letter:
        """A notification as a signed form."""
        key = self.stranger if faults.strikes(Fault.BAD_SIGNATURE) else self.platform
        told = {**fields, "notify_time": stamp(clock.now())}
        signature = base64.b64encode(key.sign(joined(told))).decode()
        body = urlencode({**told, "sign_type": "RSA2", "sign": signature}).encode()
        content_type = "application/x-www-form-urlencoded; charset=utf-8"
        return Letter({"Content-Type": content_type}, body)


def joined(fields: Mapping[str, str]) -> bytes:
    """The text that is signed: k=v by name."""
    return "&".join(f"{name}={value}" for name, value in sorted(fields.items())).encode()


def stamp(at: datetime) -> str:
    """Beijing's wall clock."""
    return at.astimezone(BEIJING).strftime(_STAMP)
