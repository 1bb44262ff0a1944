"""Web Push: VAPID (RFC 8292), sealed messages (RFC 8291), any browser's service (RFC 8030)."""

import json
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tenure.act.channels.asking import AskingChannel
from tenure.act.channels.channel import Outcome, Parcel, Result
from tenure.act.channels.codes import MINUTE, Codes
from tenure.act.channels.jose import b64url, from_b64url, signed
from tenure.act.channels.push.accounts import WebPushAccount
from tenure.act.channels.push.sealing import Ring, point_of, seal
from tenure.act.channels.push.wording import MOST_SEALED, notification
from tenure.act.channels.sms.calls import stable_id
from tenure.strategy.messages import Channel as Way

#: Whose browsers there are. A subscription comes from a stranger's browser, and may name no host
#: that nobody knows.
SERVICES: Final = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.services.mozilla.com",
    ".notify.windows.com",
    "web.push.apple.com",
    ".push.apple.com",
)
_LIFE: Final = timedelta(hours=12)


class WebPush(AskingChannel):
    """Browsers that asked for it; an address is `web:` and the subscription as JSON."""

    name = "webpush"
    way = Way.PUSH
    scheme = "web"
    codes = Codes(dead=frozenset({"404", "410", "403"}), waits={"500": MINUTE, "503": MINUTE})

    def __init__(self, account: WebPushAccount) -> None:
        super().__init__(account)
        self.account = account
        key = load_pem_private_key(account.private_key.encode(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey), "VAPID signs with a key of P-256"
        self.public_key = b64url(point_of(key))

    def wrong(self, parcel: Parcel) -> str:
        endpoint, _ = subscription_of(self.own(parcel.address))
        if not endpoint:
            return "bad_subscription"
        return "" if self.may_ask(endpoint) else "unknown_push_service"

    def ask(self, parcel: Parcel, *, at: datetime) -> Result:
        """One sealed message; `Topic` lets a newer one replace it while the browser sleeps."""
        endpoint, ring = subscription_of(self.own(parcel.address))
        assert ring is not None, "a subscription without keys was refused before"
        words = json.dumps(notification(parcel), ensure_ascii=False).encode()
        if len(words) > MOST_SEALED:
            return Result(Outcome.REFUSED, "too_long")
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(self.account.hours_to_live * 3_600),
            "Urgency": "normal",
            "Topic": stable_id(parcel.key)[:32],
            "Authorization": self._proof(endpoint, at=at),
        }
        said = self.line.post(endpoint, headers=headers, body=seal(words, ring))
        if said.status in (200, 201, 202):
            place = said.headers.get("location", "")
            return Result(Outcome.ACCEPTED, str(said.status), place.rsplit("/", 1)[-1])
        return self.refused(said, str(said.status))

    def _proof(self, endpoint: str, *, at: datetime) -> str:
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((at + _LIFE).timestamp()),
            "sub": self.account.contact,
        }
        token = signed(claims, pem=self.account.private_key)
        return f"vapid t={token}, k={self.public_key}"

    def may_ask(self, endpoint: str) -> bool:
        """Whether an address belongs to a push service that is known or configured."""
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        own = [one for one in self.account.services.replace(",", " ").split() if one]
        if host in own:
            return True
        is_known = any(host == one or (one[0] == "." and host.endswith(one)) for one in SERVICES)
        return is_known and parts.scheme == "https"


def subscription_of(text: str) -> tuple[str, Ring | None]:
    """Endpoint and keys of a browser's subscription; empty where it is none."""
    try:
        found = json.loads(text)
        keys = found["keys"]
        ring = Ring(from_b64url(str(keys["p256dh"])), from_b64url(str(keys["auth"])))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ring.public)
        endpoint = str(found["endpoint"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", None
    is_whole = len(ring.secret) == 16 and endpoint.startswith(("https://", "http://"))
    return (endpoint, ring) if is_whole else ("", None)
