"""Push services as their callers see them: a browser's own, FCM, and APNs over HTTP/2."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tenure.act.channels.jose import b64url, from_b64url
from tenure.act.channels.push.sealing import NotForUs, Ring, point_of, unseal
from tenure.kernel import clock
from tenure.world.channels.board import Board, said
from tenure.world.gateways.serving import Answer, Request

_VAPID: Final = re.compile(r"vapid t=([\w.-]+), ?k=([\w-]+)")
_MOST_BYTES: Final = 4_096
GONE: Final = "gone"


def a_key() -> str:
    """A private key of P-256 in PEM."""
    return _pem(ec.generate_private_key(ec.SECP256R1()))


@dataclass(slots=True)
class Browser:
    """A browser that allowed notifications: only it can open what is sealed for it."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = b"0123456789abcdef"

    @property
    def subscription(self) -> str:
        """What it gives to the page, as JSON."""
        keys = {"p256dh": b64url(point_of(self.key)), "auth": b64url(self.secret)}
        return json.dumps({"endpoint": self.endpoint, "expirationTime": None, "keys": keys})

    def open(self, sealed: bytes) -> dict[str, Any]:
        """The notification in a sealed message; raises NotForUs."""
        return dict(json.loads(self.opened(sealed)))

    def opened(self, sealed: bytes) -> str:
        """The words in a sealed message, as the page's worker gets them; raises NotForUs."""
        ring = Ring(point_of(self.key), self.secret)
        return unseal(sealed, ring, own=self.key).decode()


class BrowserPost(Board):
    """Plays a browser's push service, and its browsers."""

    name = "webpush"

    def __init__(self, *, port: int = 0, pace: float = 0.01, seed: int = 0) -> None:
        self.private_key = a_key()
        self.browsers: dict[str, Browser] = {}
        super().__init__(port=port, pace=pace, seed=seed)

    def configuration(self) -> dict[str, str | int]:
        return {
            "private_key": self.private_key,
            "contact": "mailto:push@example.com",
            "services": "127.0.0.1",
        }

    def browser(self, name: str = "one") -> Browser:
        """A browser of this name, new or known."""
        path = f"/push/{name}"
        return self.browsers.setdefault(path, Browser(f"{self.address}{path}"))

    def called(self, request: Request) -> Answer:
        browser = self.browsers.get(request.path)
        if browser is None or request.path.startswith(f"/push/{GONE}"):
            return Answer(410)
        wrong = self._unproved(request)
        if wrong:
            return Answer(wrong)
        headers = request.headers
        if not headers.get("ttl", "").isdecimal() or headers.get("content-encoding") != "aes128gcm":
            return Answer(400)
        if len(request.body) > _MOST_BYTES:
            return Answer(413)
        try:
            shown = browser.open(request.body)
        except NotForUs:
            # A real service cannot look inside; the browser would drop it without a word.
            return Answer(201, headers={"Location": f"{self.address}/m/{self.number()}"})
        number = self.number()
        content = f"{shown['body']}：{shown['url']}"
        self.take(request.path, content, provider_id=number, own_id=shown["tag"])
        return Answer(201, headers={"Location": f"{self.address}/m/{number}"})

    def _unproved(self, request: Request) -> int:
        """The status of what is wrong with the proof of who sends; 0 where it holds."""
        found = _VAPID.fullmatch(request.headers.get("authorization", ""))
        if found is None:
            return 401
        token, public = found.groups()
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_b64url(public))
        claims = proved(token, key=key)
        if claims is None or claims.get("aud") != self.address or not claims.get("sub"):
            return 403
        left_s = claims["exp"] - clock.now().timestamp()
        return 0 if 0 < left_s <= 24 * 3_600 else 403


class FcmTower(Board):
    """Plays fcm.googleapis.com and the token service of Google."""

    name = "fcm"
    project_id = "tenure-demo"
    client_email = "push@tenure-demo.iam.gserviceaccount.com"

    def __init__(self, *, port: int = 0, pace: float = 0.01, seed: int = 0) -> None:
        self.key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        self.token = ""  # nosec B105
        super().__init__(port=port, pace=pace, seed=seed)

    def configuration(self) -> dict[str, str | int]:
        return {
            "gateway": self.address,
            "token_uri": f"{self.address}/token",
            "project_id": self.project_id,
            "client_email": self.client_email,
            "private_key": _pem(self.key),
        }

    def is_sending(self, request: Request) -> bool:
        return request.path.endswith("messages:send")

    def called(self, request: Request) -> Answer:
        if request.path == "/token":
            return self._token(dict(parse_qsl(request.body.decode())))
        if request.headers.get("authorization") != f"Bearer {self.token}" or not self.token:
            return _google(401, "UNAUTHENTICATED")
        if request.path != f"/v1/projects/{self.project_id}/messages:send":
            return _google(403, "PERMISSION_DENIED")
        message = request.content["message"]
        reader = str(message["token"])
        if reader.startswith(GONE):
            return _google(404, "NOT_FOUND", code="UNREGISTERED")
        if " " in reader:
            return _google(400, "INVALID_ARGUMENT", code="INVALID_ARGUMENT")
        number = self.number()
        content = f"{message['notification']['body']}：{message['data']['url']}"
        self.take(reader, content, provider_id=number, own_id=message["data"]["tag"])
        return said({"name": f"projects/{self.project_id}/messages/{number}"})

    def _token(self, form: dict[str, str]) -> Answer:
        claims = proved(form.get("assertion", ""), key=self.key.public_key())
        if claims is None or claims.get("iss") != self.client_email:
            return said({"error": "invalid_grant"}, status=400)
        if not 0 < claims["exp"] - clock.now().timestamp() <= 3_600:
            return said({"error": "invalid_grant"}, status=400)
        self.token = f"ya29.{self.number()}"
        return said({"access_token": self.token, "expires_in": 3_599, "token_type": "Bearer"})  # nosec B105


def proved(
    token: str, *, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey
) -> dict[str, Any] | None:
    """The claims of a token that this key signed; None where it did not."""
    try:
        head, body, proof = token.split(".")
        signature, text = from_b64url(proof), f"{head}.{body}".encode()
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), SHA256())
        else:
            r, s = signature[:32], signature[32:]
            der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
            key.verify(der, text, ec.ECDSA(SHA256()))
        return dict(json.loads(from_b64url(body)))
    except (InvalidSignature, ValueError):
        return None


def issued_at(claims: dict[str, Any]) -> datetime:
    """When a token was signed."""
    return datetime.fromtimestamp(claims["iat"], tz=UTC)


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _google(status: int, words: str, *, code: str = "") -> Answer:
    error: dict[str, object] = {"code": status, "message": words, "status": words}
    if code:
        kind = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
        error["details"] = [{"@type": kind, "errorCode": code}]
    return said({"error": error}, status=status)
