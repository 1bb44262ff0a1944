"""A device of software that makes passkeys and signs with them, as WebAuthn level 2 says."""

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def plain(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def read(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Device:
    """One key for one site, behind a lock that is always opened."""

    origin: str = "http://testserver"
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    credential_id: bytes = b"credential-of-a-test"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.create` gives, without attestation."""
        numbers = self.key.public_key().public_numbers()
        public: dict[int, Any] = {1: 2, 3: -7, -1: 1}
        public |= {-2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        identity = struct.pack(">H", len(self.credential_id)) + self.credential_id
        attested = bytes(16) + identity + cbor.encode(public)
        data = self._data(options["rp"]["id"], ATTESTED) + attested
        client = self._client("webauthn.create", options["challenge"])
        made = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._told({"clientDataJSON": plain(client), "attestationObject": plain(made)})

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.get` gives."""
        self.counter += 1
        data = self._data(options["rpId"], 0)
        client = self._client("webauthn.get", options["challenge"])
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._told(
            {
                "clientDataJSON": plain(client),
                "authenticatorData": plain(data),
                "signature": plain(signature),
                "userHandle": None,
            }
        )

    def _data(self, host: str, more: int) -> bytes:
        digest = hashlib.sha256(host.encode()).digest()
        return digest + struct.pack(">BI", self.flags | more, self.counter)

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _told(self, response: dict[str, Any]) -> dict[str, Any]:
        name = plain(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}
