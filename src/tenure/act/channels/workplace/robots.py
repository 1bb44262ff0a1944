"""Robots in rooms of DingTalk and Feishu: they tell the business's own people (R-C-024, R-C-025).

References:
    open.dingtalk.com/document/robots/customize-robot-security-settings
    open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from tenure.act.channels.asking import AskingChannel
from tenure.act.channels.channel import Outcome, Parcel, Result
from tenure.act.channels.codes import MINUTE, Codes
from tenure.act.channels.workplace.accounts import DingTalkAccount, FeishuAccount

MOST_BYTES: Final = 20 * 1024
_SILENCE: Final = timedelta(minutes=10)


class DingTalkRobot(AskingChannel):
    """A custom robot of DingTalk: time and signature stand in its address."""

    name = "dingtalk"
    codes = Codes(
        waits={"130101": _SILENCE, "130102": _SILENCE, "-1": MINUTE},
        down=frozenset({"310000", "300001", "300005", "400101", "400102", "400106"}),
    )

    def __init__(self, account: DingTalkAccount) -> None:
        super().__init__(account)
        self.account = account

    def wrong(self, parcel: Parcel) -> str:
        return _wrong(parcel)

    def ask(self, parcel: Parcel, *, at: datetime) -> Result:
        """One text; the answer is 200 whatever happened, and `errcode` tells."""
        account, stamp = self.account, int(at.timestamp() * 1_000)
        proof = quote(dingtalk_sign(stamp, account.secret), safe="")
        url = (
            f"{account.gateway}/robot/send?access_token={quote(account.token, safe='')}"
            f"&timestamp={stamp}&sign={proof}"
        )
        said = self.post(url, {"msgtype": "text", "text": {"content": parcel.body}})
        code = str(said.content.get("errcode", ""))
        if code == "0":
            return Result(Outcome.ACCEPTED, code)
        return self.refused(said, code)


class FeishuRobot(AskingChannel):
    """A custom bot of Feishu: time and signature stand in the body."""

    name = "feishu"
    codes = Codes(
        waits={"11232": MINUTE, "9499": MINUTE},
        down=frozenset({"19001", "19021", "19022", "19024"}),
    )

    def __init__(self, account: FeishuAccount) -> None:
        super().__init__(account)
        self.account = account

    def wrong(self, parcel: Parcel) -> str:
        return _wrong(parcel)

    def ask(self, parcel: Parcel, *, at: datetime) -> Result:
        """One text; older bots answer with `StatusCode`."""
        account, stamp = self.account, int(at.timestamp())
        said = self.post(
            f"{account.gateway}/open-apis/bot/v2/hook/{quote(account.token, safe='')}",
            {
                "timestamp": str(stamp),
                "sign": feishu_sign(stamp, account.secret),
                "msg_type": "text",
                "content": {"text": parcel.body},
            },
        )
        code = str(said.content.get("code", said.content.get("StatusCode", "")))
        if code == "0":
            return Result(Outcome.ACCEPTED, code)
        return self.refused(said, code)


def dingtalk_sign(stamp_ms: int, secret: str) -> str:
    """The signature of DingTalk, in base64 (G30)."""
    text = f"{stamp_ms}\n{secret}"
    return _base64(hmac.new(secret.encode(), text.encode(), hashlib.sha256))


def feishu_sign(stamp_s: int, secret: str) -> str:
    """The signature of Feishu: the text is the key, and nothing is signed (G30)."""
    return _base64(hmac.new(f"{stamp_s}\n{secret}".encode(), b"", hashlib.sha256))


def _base64(digest: "hmac.HMAC") -> str:
    return base64.b64encode(digest.digest()).decode("ascii")


def _wrong(parcel: Parcel) -> str:
    """A robot speaks to its room, and says nothing that is too long for it."""
    if parcel.address != "room":
        return "bad_address"
    return "too_long" if len(parcel.body.encode()) > MOST_BYTES - 1024 else ""
