"""Apple Push Notification service: HTTP/2, one token for all calls (R-C-029).

References:
    developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
"""

import json
import uuid
from datetime import datetime, timedelta
from typing import Final

from tenure.act.channels.asking import AskingChannel
from tenure.act.channels.channel import Outcome, Parcel, Result
from tenure.act.channels.codes import MINUTE, Codes
from tenure.act.channels.jose import signed
from tenure.act.channels.push.accounts import ApnsAccount
from tenure.act.channels.push.wording import MOST_BYTES, notification
from tenure.act.channels.sms.calls import stable_id
from tenure.act.channels.tokens import Token
from tenure.act.channels.wire import Said
from tenure.kernel import clock
from tenure.strategy.messages import Channel as Way

#: Apple refuses a token that is younger than 20 minutes twice, and one older than an hour.
_TOKEN_S: Final = 50 * 60.0
_EXPIRED: Final = "ExpiredProviderToken"


class Apns(AskingChannel):
    """iPhones with our app; an address is `apns:` and the device's token."""

    name = "apns"
    way = Way.PUSH
    scheme = "apns"
    speaks_http2 = True
    codes = Codes(
        dead=frozenset({"BadDeviceToken", "Unregistered", "DeviceTokenNotForTopic"}),
        waits={
            "TooManyRequests": MINUTE,
            "TooManyProviderTokenUpdates": timedelta(minutes=20),
            "InternalServerError": MINUTE,
            "ServiceUnavailable": MINUTE,
            "Shutdown": MINUTE,
            _EXPIRED: MINUTE,
        },
        down=frozenset(
            {"InvalidProviderToken", "MissingProviderToken", "BadTopic", "TopicDisallowed",
             "MissingTopic", "BadCertificate", "BadCertificateEnvironment", "Forbidden"}
        ),
    )  # fmt: skip

    def __init__(self, account: ApnsAccount) -> None:
        super().__init__(account)
        self.account = account
        self.token = Token(self._sign)

    def ask(self, parcel: Parcel, *, at: datetime) -> Result:
        """One notification; `apns-collapse-id` lets a second copy replace the first."""
        shown = notification(parcel)
        words = {"title": shown["title"], "body": shown["body"]}
        content = {"aps": {"alert": words, "sound": "default"}, "url": shown["url"]}
        body = json.dumps(content, ensure_ascii=False).encode()
        if len(body) > MOST_BYTES:
            return Result(Outcome.REFUSED, "too_long")
        token = self.token.get()
        said = self._call(parcel, body, token=token, at=at)
        if said.content.get("reason") == _EXPIRED:
            self.token.forget(token)
            said = self._call(parcel, body, token=self.token.get(), at=at)
        if said.status == 200:
            return Result(Outcome.ACCEPTED, "200", said.headers.get("apns-id", ""))
        return self.refused(said, str(said.content.get("reason", "")))

    def _call(self, parcel: Parcel, body: bytes, *, token: str, at: datetime) -> Said:
        ends = at + timedelta(hours=self.account.hours_to_live)
        headers = {
            "authorization": f"bearer {token}",
            "apns-id": str(uuid.uuid5(uuid.NAMESPACE_URL, parcel.key)),
            "apns-topic": self.account.topic,
            "apns-push-type": "alert",
            "apns-priority": "10",
            "apns-expiration": str(int(ends.timestamp())),
            "apns-collapse-id": stable_id(parcel.key),
        }
        url = f"{self.account.gateway}/3/device/{self.own(parcel.address)}"
        return self.line.post(url, headers=headers, body=body)

    def wrong(self, parcel: Parcel) -> str:
        token = self.own(parcel.address)
        return "" if token.isalnum() and token.isascii() and len(token) <= 200 else "bad_address"

    def _sign(self) -> tuple[str, float]:
        claims = {"iss": self.account.team_id, "iat": int(clock.now().timestamp())}
        token = signed(claims, pem=self.account.private_key, key_id=self.account.key_id)
        return token, _TOKEN_S
