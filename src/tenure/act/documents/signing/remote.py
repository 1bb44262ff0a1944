"""A connected signing service over HTTP: it gets the file and gives it back signed.

The shape that such services share: a signed call with the contract's name, the file and its
digest; the answer holds the signed file. HMAC-SHA256 over "<timestamp>.<body>".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tenure.act.documents.signing.provider import Seal, SigningDown
from tenure.kernel.clock import to_us

TIMEOUT_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Access:
    """Where the service is, and what it knows us by."""

    url: str
    app_id: str
    app_secret: str


def signature(secret: str, *, timestamp: str, body: bytes) -> str:
    """The signature of one call, in hex."""
    message = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


class RemoteSigner:
    """One account at the service."""

    name = "remote"

    def __init__(self, access: Access) -> None:
        self._access = access

    def seal(self, pdf: bytes, seal: Seal, *, at: datetime) -> bytes:
        """The file as the service signed it; it must begin with the file that it was given.

        Raises:
            SigningDown: no answer, or no file that continues ours.
        """
        import httpx

        told = {
            "request_id": f"{seal.contract}:{seal.place}",
            "contract": seal.contract,
            "field": seal.field,
            "signer": seal.name,
            "reason": seal.reason,
            "sha256": hashlib.sha256(pdf).hexdigest(),
            "file": base64.b64encode(pdf).decode(),
        }
        body = json.dumps(told, ensure_ascii=False).encode()
        timestamp = str(to_us(at) // 1_000_000)
        headers = {
            "Content-Type": "application/json",
            "X-App-Id": self._access.app_id,
            "X-Timestamp": timestamp,
            "X-Signature": signature(self._access.app_secret, timestamp=timestamp, body=body),
        }
        try:
            response = httpx.post(
                f"{self._access.url}/seals", content=body, headers=headers, timeout=TIMEOUT_S
            )
            response.raise_for_status()
            sealed = base64.b64decode(response.json()["file"], validate=True)
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise SigningDown(signer=self.name, why=type(error).__name__) from error
        if not sealed.startswith(pdf) or len(sealed) == len(pdf):
            raise SigningDown(signer=self.name, why="another file came back")
        return sealed
