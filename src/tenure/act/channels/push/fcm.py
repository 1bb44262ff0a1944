"""Firebase Cloud Messaging, HTTP v1 (R-C-030).

References:
    firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send
"""

from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from tenure.act.channels.asking import AskingChannel
from tenure.act.channels.channel import ChannelDown, Outcome, Parcel, Result
from tenure.act.channels.codes import MINUTE, Codes
from tenure.act.channels.jose import signed
from tenure.act.channels.push.accounts import FcmAccount
from tenure.act.channels.push.wording import MOST_BYTES, notification
from tenure.act.channels.sms.calls import stable_id
from tenure.act.channels.tokens import Token
from tenure.act.channels.wire import NobodyKnows, Said
from tenure.kernel import clock
from tenure.strategy.messages import Channel as Way

_SCOPE: Final = "https://www.googleapis.com/auth/firebase.messaging"
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_FIRST_WAIT: Final = timedelta(seconds=10)
_ERROR: Final = "type.googleapis.com/google.firebase.fcm.v1.FcmError"


class Fcm(AskingChannel):
    """Telephones with our app; an address is `fcm:` and the token that the app registered."""

    name = "fcm"
    way = Way.PUSH
    scheme = "fcm"
    codes = Codes(
        dead=frozenset({"UNREGISTERED", "SENDER_ID_MISMATCH", "NOT_FOUND"}),
        waits={
            "QUOTA_EXCEEDED": MINUTE,
            "RESOURCE_EXHAUSTED": MINUTE,
            "UNAVAILABLE": _FIRST_WAIT,
            "INTERNAL": _FIRST_WAIT,
        },
        down=frozenset({"PERMISSION_DENIED", "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"}),
    )

    def __init__(self, account: FcmAccount) -> None:
        super().__init__(account)
        self.account = account
        self.token = Token(self._fetch)

    def ask(self, parcel: Parcel, *, at: datetime) -> Result:
        """One message; `collapse_key` lets a newer one of its kind replace it."""
        content = self._content(parcel)
        if len(str(content).encode()) > MOST_BYTES:
            return Result(Outcome.REFUSED, "too_long")
        project = quote(self.account.project_id, safe="")
        url = f"{self.account.gateway}/v1/projects/{project}/messages:send"
        said = self._call(url, content)
        name = str(said.content.get("name", ""))
        if said.status == 200 and name:
            return Result(Outcome.ACCEPTED, "200", name.rsplit("/", 1)[-1])
        return self.refused(said, code_of(said))

    def _content(self, parcel: Parcel) -> dict[str, Any]:
        shown = notification(parcel)
        key = stable_id(parcel.key)[:32]
        return {
            "message": {
                "token": self.own(parcel.address),
                "notification": {"title": shown["title"], "body": shown["body"]},
                "data": {"url": shown["url"], "tag": key},
                "android": {
                    "collapse_key": key,
                    "ttl": "86400s",
                    "priority": "high",
                    "notification": {"tag": key},
                },
            }
        }

    def _call(self, url: str, content: dict[str, Any]) -> Said:
        token = self.token.get()
        said = self.post(url, content, headers={"Authorization": f"Bearer {token}"})
        if said.status != 401:
            return said
        self.token.forget(token)
        return self.post(url, content, headers={"Authorization": f"Bearer {self.token.get()}"})

    def _fetch(self) -> tuple[str, float]:
        account, now_s = self.account, int(clock.now().timestamp())
        claims = {
            "iss": account.client_email,
            "scope": _SCOPE,
            "aud": account.token_uri,
            "iat": now_s,
            "exp": now_s + 3_600,
        }
        form = {"grant_type": _GRANT, "assertion": signed(claims, pem=account.private_key)}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            said = self.line.post(account.token_uri, headers=headers, body=urlencode(form).encode())
        except NobodyKnows as error:
            raise ChannelDown(channel=self.name, why=f"token {error}") from error
        if "access_token" not in said.content:
            raise ChannelDown(channel=self.name, why=f"token {said.content.get('error', '')}")
        return str(said.content["access_token"]), float(said.content.get("expires_in", 3_600))


def code_of(said: Said) -> str:
    """The particular code of an error where it has one, else its status."""
    error = said.content.get("error")
    if not isinstance(error, dict):
        return ""
    for detail in error.get("details") or []:
        if detail.get("@type") == _ERROR and detail.get("errorCode"):
            return str(detail["errorCode"])
    return str(error.get("status", ""))
