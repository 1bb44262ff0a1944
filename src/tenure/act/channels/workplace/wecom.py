"""WeCom: messages of an application to members, and sendings that an employee confirms.

References:
    developer.work.weixin.qq.com/document/path/90236 (message/send), 90454 (limits),
    92135 (add_msg_template), 93338 (get_groupmsg_send_result)
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from tenure.act.channels.asking import AskingChannel
from tenure.act.channels.channel import ChannelDown, Open, Outcome, Parcel, Report, Result
from tenure.act.channels.codes import HOUR, MINUTE, Codes
from tenure.act.channels.sms.calls import stable_id
from tenure.act.channels.tokens import Token, code_of, with_token
from tenure.act.channels.wire import NobodyKnows, Said
from tenure.act.channels.workplace.accounts import WeComAccount, WeComContactAccount
from tenure.strategy.messages import Channel as Way

MOST_BYTES: Final = 2_048  # the rest would be cut off without a word
MOST_CONTACT_BYTES: Final = 4_000
_STALE: Final = frozenset({"40014", "42001", "40001"})
_PAGES: Final = 10
#: What the result of a confirmed sending says of one customer.
_SENT, _NO_FRIEND, _LIMIT = 1, 2, 3
_CODES: Final = Codes(
    dead=frozenset({"40003", "40096", "81013", "84061"}),
    waits={"-1": MINUTE, "45009": HOUR, "45033": MINUTE, "45011": MINUTE},
    down=frozenset({"40001", "40013", "40056", "48002", "60011", "60020", "301002", "301048"}),
)


class WeComLine(AskingChannel):
    """What both have in common: one token for everybody, fetched anew once when it ended."""

    codes = _CODES
    corp_id: str
    secret: str
    gateway: str

    def __init__(self, account: WeComAccount | WeComContactAccount) -> None:
        super().__init__(account)
        self.corp_id, self.secret = account.corp_id, account.secret
        self.gateway = account.gateway
        self.token = Token(self._fetch)

    def call(self, path: str, content: dict[str, Any]) -> Said:
        """One call; a token that is refused was used for nothing, so it is asked again."""

        def once(token: str) -> Said:
            return self.post(f"{self.gateway}{path}?access_token={quote(token)}", content)

        return with_token(self.token, once, stale=_STALE)

    def _fetch(self) -> tuple[str, float]:
        query = f"corpid={quote(self.corp_id)}&corpsecret={quote(self.secret)}"
        said = self.line.get(f"{self.gateway}/cgi-bin/gettoken?{query}")
        if code_of(said) != "0":
            raise ChannelDown(channel=self.name, why=f"gettoken {code_of(said) or said.status}")
        return str(said.content["access_token"]), float(said.content.get("expires_in", 7_200))


class WeComApp(WeComLine):
    """Messages of the application to the business's own people; the address is a user id."""

    name = "wecom_app"

    def __init__(self, account: WeComAccount) -> None:
        super().__init__(account)
        self.account = account

    def wrong(self, parcel: Parcel) -> str:
        if not parcel.address or any(one in parcel.address for one in "|@ "):
            return "bad_address"
        return "too_long" if len(parcel.body.encode()) > MOST_BYTES else ""

    def ask(self, parcel: Parcel, *, at: datetime) -> Result:
        """One message to one member; who is not there stands in `invaliduser`."""
        said = self.call(
            "/cgi-bin/message/send",
            {
                "touser": parcel.address,
                "msgtype": "text",
                "agentid": self.account.agent_id,
                "text": {"content": parcel.body},
                "enable_duplicate_check": 1,
                "duplicate_check_interval": 1_800,
            },
        )
        if code_of(said) != "0":
            return self.refused(said, code_of(said))
        if parcel.address in str(said.content.get("invaliduser") or "").split("|"):
            return Result(Outcome.DEAD, "invaliduser")
        return Result(Outcome.ACCEPTED, "0", str(said.content.get("msgid", "")))


class WeComContact(WeComLine):
    """Messages to customers of employees: a task that the employee confirms (CHN-05, R-C-021).

    An address is `external user@employee`.
    """

    name = "wecom"
    way = Way.WECOM

    def __init__(self, account: WeComContactAccount) -> None:
        super().__init__(account)
        self.account = account

    def wrong(self, parcel: Parcel) -> str:
        customer, _, employee = parcel.address.partition("@")
        if not customer or not employee or " " in parcel.address:
            return "bad_address"
        return "too_long" if len(parcel.body.encode()) > MOST_CONTACT_BYTES else ""

    def ask(self, parcel: Parcel, *, at: datetime) -> Result:
        """Make the task; nothing leaves before the employee confirms it."""
        customer, _, employee = parcel.address.partition("@")
        said = self.call(
            "/cgi-bin/externalcontact/add_msg_template",
            {
                "chat_type": "single",
                "external_userid": [customer],
                "sender": employee,
                "text": {"content": parcel.body},
            },
        )
        if code_of(said) != "0":
            return self.refused(said, code_of(said))
        if customer in (said.content.get("fail_list") or []):
            return Result(Outcome.DEAD, "fail_list")
        return Result(Outcome.AWAITED, "0", str(said.content.get("msgid", "")))

    def look(self, open_: Sequence[Open], *, at: datetime) -> Iterator[Report]:
        """What became of tasks: confirmed and sent, or why not; waiting ones say nothing."""
        for one in open_:
            customer, _, employee = one.address.partition("@")
            found = self._result(one.provider_id, customer=customer, employee=employee)
            if found is not None:
                yield _report(one, found, at=at)

    def _result(self, task: str, *, customer: str, employee: str) -> dict[str, Any] | None:
        cursor = ""
        for _ in range(_PAGES):
            content = {"msgid": task, "userid": employee, "limit": 500, "cursor": cursor}
            path = "/cgi-bin/externalcontact/get_groupmsg_send_result"
            try:
                said = self.call(path, content)
            except NobodyKnows as error:
                raise ChannelDown(channel=self.name, why=str(error)) from error
            for item in said.content.get("send_list") or []:
                is_it = item.get("external_userid") == customer
                if is_it and item.get("status") in (_SENT, _NO_FRIEND, _LIMIT):
                    return dict(item)
            cursor = str(said.content.get("next_cursor") or "")
            if not cursor:
                return None
        return None


def _report(one: Open, item: dict[str, Any], *, at: datetime) -> Report:
    status, told = item["status"], item.get("send_time")
    return Report(
        event_id=stable_id("groupmsg", one.provider_id, one.address, status),
        outcome="delivered" if status == _SENT else "failed",
        at=datetime.fromtimestamp(told, tz=UTC) if isinstance(told, int) and told else at,
        provider_id=one.provider_id,
        message_id=one.message_id,
        code={_SENT: "sent", _NO_FRIEND: "not_a_friend", _LIMIT: "had_one_today"}[status],
        is_dead=status == _NO_FRIEND,
    )
