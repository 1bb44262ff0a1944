"""How WeChat Pay v3 signs, encrypts and checks (R-Y-021, R-Y-022)."""

import base64
import binascii
import json
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from tenure.kernel import clock
from tenure.world.gateways.delivery import Letter
from tenure.world.gateways.faults import Fault, Faults
from tenure.world.gateways.keys import KeyPair
from tenure.world.gateways.serving import Answer, Request

SCHEME: Final = "WECHATPAY2-SHA256-RSA2048"
_FIELD = re.compile(r'(\w+)="([^"]*)"')
_SKEW_S: Final = 300
_OLD: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Seal:
    """The keys of both sides, and the merchant's names."""

    mchid: str
    appid: str
    certificate_serial: str
    public_key_id: str
    api_v3_key: str
    merchant: KeyPair
    platform: KeyPair
    stranger: KeyPair

    def fault_of(self, request: Request) -> str:
        """Why a call is not the merchant's; empty when it is."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        said = dict(_FIELD.findall(rest))
        if scheme != SCHEME or said.get("mchid") != self.mchid:
            return "not this merchant"
        if said.get("serial_no") != self.certificate_serial:
            return "not this certificate"
        stamp = said.get("timestamp", "")
        if not stamp.isdigit() or abs(clock.now().timestamp() - int(stamp)) > _SKEW_S:
            return "not now"
        lines = [request.method, request.target, stamp, said.get("nonce_str", "")]
        message = "\n".join([*lines, request.body.decode(), ""]).encode()
        try:
            key = self.merchant.private.public_key()
            signature = base64.b64decode(said.get("signature", ""), validate=True)
            key.verify(signature, message, PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error):
            return "not this signature"
        return ""

    def signed(self, body: bytes, *, faults: Faults | None = None) -> dict[str, str]:
        """The headers over a body, for answers and notifications alike."""
        at, key = clock.now(), self.platform
        if faults is not None and faults.strikes(Fault.OLD_TIMESTAMP):
            at -= _OLD
        if faults is not None and faults.strikes(Fault.BAD_SIGNATURE):
            key = self.stranger
        stamp, nonce = str(int(at.timestamp())), secrets.token_hex(16)
        signature = key.sign(f"{stamp}\n{nonce}\n".encode() + body + b"\n")
        return {
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self.public_key_id,
            "Wechatpay-Signature-Type": SCHEME,
            "Wechatpay-Signature": base64.b64encode(signature).decode(),
        }

    def answer(self, content: dict[str, Any] | None, *, status: int = 200) -> Answer:
        """A signed answer; no content is 204."""
        body = b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
        return Answer(204 if content is None else status, body, headers=self.signed(body))

    def refused(self, status: int, code: str) -> Answer:
        """A signed refusal with the provider's code."""
        return self.answer({"code": code, "message": code}, status=status)

    def letter(self, event: "Event", *, faults: Faults) -> Letter:
        """A notification, sealed for the merchant and signed now."""
        nonce = secrets.token_hex(6)
        plain = json.dumps(event.content, ensure_ascii=False).encode()
        sealed = AESGCM(self.api_v3_key.encode()).encrypt(
            nonce.encode(), plain, event.original_type.encode()
        )
        body = {
            "id": event.event_id,
            "create_time": event.created,
            "resource_type": "encrypt-resource",
            "event_type": event.kind,
            "summary": event.kind,
            "resource": {
                "original_type": event.original_type,
                "algorithm": "AEAD_AES_256_GCM",
                "nonce": nonce,
                "associated_data": event.original_type,
                "ciphertext": base64.b64encode(sealed).decode(),
            },
        }
        raw = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **self.signed(raw, faults=faults)}
        return Letter(headers, raw)


@dataclass(frozen=True, slots=True)
class Event:
    """What a notification is about; the id stays the same however often it is sent."""

    event_id: str
    kind: str
    original_type: str
    content: dict[str, Any]
    created: str
