"""WeCom and the rooms of DingTalk and Feishu as their callers see them."""

import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tenure.kernel import clock
from tenure.world.channels.board import Board, said
from tenure.world.gateways.serving import Answer, Request

_SILENCE: Final = timedelta(minutes=10)
#: Users and customers of these names do not exist, or are nobody's friends.
GONE: Final = "gone"


class Robots(Board):
    """One room with a robot."""

    secret = "SECdemo-secret-of-the-played-robot"  # nosec B105
    token = "demo-token"  # nosec B105
    per_minute = 20

    def __init__(self, *, port: int = 0, pace: float = 0.01, seed: int = 0) -> None:
        self.silent_until: datetime | None = None
        super().__init__(port=port, pace=pace, seed=seed)

    def configuration(self) -> dict[str, str | int]:
        return {"gateway": self.address, "token": self.token, "secret": self.secret}

    def is_too_fast(self) -> bool:
        """Whether more was said within a minute than the room bears."""
        since = clock.now() - timedelta(minutes=1)
        return sum(one.at > since for one in self.arrived) >= self.per_minute

    def proof(self, key: str, text: str) -> str:
        """A signature as both write it."""
        return base64.b64encode(hmac.digest(key.encode(), text.encode(), hashlib.sha256)).decode()


class DingTalkRoom(Robots):
    """Plays oapi.dingtalk.com: above 20 a minute it is silent for ten."""

    name = "dingtalk"

    def called(self, request: Request) -> Answer:
        query = request.query
        if request.path != "/robot/send" or query.get("access_token") != self.token:
            return said({"errcode": 300001, "errmsg": "token is not exist"})
        stamp = query.get("timestamp", "0")
        told = datetime.fromtimestamp(int(stamp) / 1_000, tz=UTC)
        ours = self.proof(self.secret, f"{stamp}\n{self.secret}")
        if abs(clock.now() - told) > timedelta(hours=1) or query.get("sign") != ours:
            return said({"errcode": 310000, "errmsg": "sign not match"})
        now = clock.now()
        if self.is_too_fast():
            self.silent_until = now + _SILENCE
        if self.silent_until is not None and now < self.silent_until:
            return said({"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"})
        self.take("room", request.content["text"]["content"], provider_id="")
        return said({"errcode": 0, "errmsg": "ok"})


class FeishuRoom(Robots):
    """Plays open.feishu.cn."""

    name = "feishu"
    per_minute = 100

    def called(self, request: Request) -> Answer:
        content = request.content
        if request.path != f"/open-apis/bot/v2/hook/{self.token}":
            return said({"code": 19001, "msg": "param invalid: incoming webhook access token"})
        stamp = str(content.get("timestamp", "0"))
        told = datetime.fromtimestamp(int(stamp), tz=UTC)
        ours = self.proof(f"{stamp}\n{self.secret}", "")
        if abs(clock.now() - told) > timedelta(hours=1) or content.get("sign") != ours:
            return said({"code": 19021, "msg": "sign match fail"})
        if self.is_too_fast():
            return said({"code": 11232, "msg": "frequency limited psm"})
        self.take("room", content["content"]["text"], provider_id="")
        return said({"code": 0, "msg": "success", "data": {}})


class WeComHouse(Board):
    """Plays qyapi.weixin.qq.com for one company: application messages and customer contact."""

    name = "wecom_app"
    methods = frozenset({"GET", "POST"})
    corp_id = "ww0tenuredemo"
    secret = "demo-secret-of-the-played-wecom"  # nosec B105
    agent_id = 1_000_002

    def __init__(self, *, port: int = 0, pace: float = 0.01, seed: int = 0) -> None:
        self.token = ""  # nosec B105
        self.tokens_given = 0
        self.tasks: dict[str, dict[str, Any]] = {}
        self.results: dict[str, dict[str, Any]] = {}
        self._had: dict[str, list[datetime]] = defaultdict(list)
        super().__init__(port=port, pace=pace, seed=seed)

    def configuration(self) -> dict[str, str | int]:
        return {
            "gateway": self.address,
            "corp_id": self.corp_id,
            "secret": self.secret,
            "agent_id": self.agent_id,
        }

    def is_sending(self, request: Request) -> bool:
        return request.path.endswith(("/message/send", "/add_msg_template"))

    def end_token(self) -> None:
        """The token that was given out holds no more."""
        self.token = "ended"  # nosec B105

    def called(self, request: Request) -> Answer:
        query, content = request.query, request.content
        if request.path == "/cgi-bin/gettoken":
            if (query.get("corpid"), query.get("corpsecret")) != (self.corp_id, self.secret):
                return _error(40001, "invalid credential")
            self.tokens_given += 1
            self.token = f"token-{self.number()}"
            return said({"errcode": 0, "access_token": self.token, "expires_in": 7_200})
        if not self.token or query.get("access_token") != self.token:
            return _error(42001, "access_token expired")
        answers = {
            "/cgi-bin/message/send": self._send,
            "/cgi-bin/externalcontact/add_msg_template": self._task,
            "/cgi-bin/externalcontact/get_groupmsg_send_result": self._result,
        }
        answer = answers.get(request.path)
        return answer(content) if answer else _error(48002, "api forbidden")

    def _send(self, content: Mapping[str, Any]) -> Answer:
        if content.get("agentid") != self.agent_id:
            return _error(40056, "invalid agentid")
        reader, number = str(content.get("touser", "")), self.number()
        if not reader or reader.startswith(GONE):
            return said({"errcode": 81013, "errmsg": "user & party & tag all invalid",
                         "invaliduser": reader})  # fmt: skip
        self.take(reader, content["text"]["content"], provider_id=number)
        return said({"errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": number})

    def _task(self, content: Mapping[str, Any]) -> Answer:
        (customer,), employee = content["external_userid"], content["sender"]
        if customer.startswith(GONE):
            return said({"errcode": 0, "errmsg": "ok", "fail_list": [customer], "msgid": ""})
        number = f"msg{self.number()}"
        self.tasks[number] = {"customer": customer, "employee": employee,
                              "text": content["text"]["content"]}  # fmt: skip
        return said({"errcode": 0, "errmsg": "ok", "fail_list": [], "msgid": number})

    def confirm(self, number: str) -> int:
        """The employee confirms a task; the status of its sending, 3 where one went out today."""
        task, now = self.tasks[number], clock.now()
        times = self._had[task["customer"]]
        status = 3 if any(now - one < timedelta(days=1) for one in times) else 1
        if status == 1:
            times.append(now)
            self.take(f"{task['customer']}@{task['employee']}", task["text"], provider_id=number)
        self.results[number] = {
            "external_userid": task["customer"],
            "userid": task["employee"],
            "status": status,
            "send_time": int(now.timestamp()),
        }
        return status

    def _result(self, content: Mapping[str, Any]) -> Answer:
        number = str(content["msgid"])
        task = self.tasks.get(number)
        if task is None or task["employee"] != content["userid"]:
            return _error(41063, "no such task")
        waiting = {"external_userid": task["customer"], "userid": task["employee"], "status": 0}
        found = self.results.get(number, waiting)
        return said({"errcode": 0, "errmsg": "ok", "next_cursor": "", "send_list": [found]})


class WeComContacts(WeComHouse):
    """The same company by its secret of customer contact."""

    name = "wecom"

    def configuration(self) -> dict[str, str | int]:
        return {"gateway": self.address, "corp_id": self.corp_id, "secret": self.secret}


def _error(code: int, words: str) -> Answer:
    return said({"errcode": code, "errmsg": words})
