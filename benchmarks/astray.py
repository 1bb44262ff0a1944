"""Both played providers of `make chaos`, going wrong, and the product's side of their reports."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

PATIENCE_S: Final = 1.0  # for an answer; one that comes too late takes longer
SHARES: Final = {
    "drop_answer": 0.02,
    "time_out": 0.002,
    "server_error": 0.02,
    "too_many": 0.02,
    "duplicate": 0.2,
    "reorder": 0.2,
    "lose": 0.1,
    "delay": 0.1,
}
NOTICE: Final = "服务名称：${thing1}\n到期时间：${time2}\n续费金额：${amount3}\n"


def hear(tell: Callable[[str], None], *, now: Callable[[], datetime]) -> None:
    """The product's side of reports."""
    from django.db import connections

    from tenure.act.channels.channel import BadCall, Call
    from tenure.act.messages.hearing import take_call
    from tenure.world.gateways.serving import Answer, Request, Server

    def answer(request: Request) -> Answer:
        _, _, name, token = request.path.strip("/").split("/")
        call = Call(token, request.body, request.headers, request.query)
        try:
            heard = take_call(name, call, at=now())
        except BadCall:
            return Answer(403)
        finally:
            connections.close_all()  # each call has a thread of its own
        return Answer(200, heard.answer, heard.content_type)

    tell(Server(answer).address)
    _for_ever()


def play(tell: Callable[[str], None], *, folder: Path, seed: int, home: str) -> None:
    """Both providers, each of which writes down what arrived."""
    from tenure.act.channels.sms.templates import Approved
    from tenure.strategy.loading import preset
    from tenure.world.channels.aliyun import AliyunTower
    from tenure.world.channels.loopback import registered, sign_of
    from tenure.world.channels.masts import section
    from tenure.world.channels.tower import Registered
    from tenure.world.channels.wechat import WeChatFollowed
    from tenure.world.gateways.faults import Fault

    strategy = preset("broadband")
    notice = NOTICE + f"{strategy.business.portal_url.rstrip('/')}/${{link}}"
    sections = []
    for kind, approved in (
        (AliyunTower, registered(strategy)),
        (WeChatFollowed, [Approved("T1", notice)]),
    ):
        tower = _written_down(kind, folder)(pace=0.001, seed=seed)
        tower.home, tower.late_s = home, 3 * PATIENCE_S
        if kind is AliyunTower:
            tower.rules.sign_name = sign_of(strategy)
        tower.register([Registered(one.code, one.text, one.is_marketing) for one in approved])
        for name, share in SHARES.items():
            tower.faults.arm(Fault(name), times=None, share=share)
        sections.append(section(tower, approved))
    tell("\n".join(sections))
    _for_ever()


def _written_down(kind: type[Any], folder: Path) -> type[Any]:
    """A provider that keeps a line for each message it took, and looks at no clock."""
    path = arrivals(folder, kind.name)

    class WrittenDown(kind):  # type: ignore[misc]
        def take(self, number: str, content: str, **named: Any) -> Any:
            found = super().take(number, content, **named)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{number}\n")
            return found

        def is_stale(self, told: datetime) -> bool:
            return False

    return WrittenDown


def arrivals(folder: Path, name: str) -> Path:
    """Where a provider writes down to whom something went."""
    return folder / f"arrived-{name}"


def how_much(folder: Path) -> int:
    """Grows with each message that arrived."""
    return sum(one.stat().st_size for one in folder.glob("arrived-*"))


def _for_ever() -> None:
    while True:
        time.sleep(3_600)
