"""`tenure fakes`: payment gateways and providers of messages of this machine."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Annotated, Final

import typer
from django.conf import settings
from rich.console import Console
from rich.table import Table

from tenure.kernel.failures import Sentence
from tenure.strategy.loading import preset
from tenure.surfaces.cli.terminal import note, result_json, said
from tenure.world.channels import masts
from tenure.world.gateways import street

FOLDER: Final = "gateways"
CHANNELS: Final = "towers"
_HELP = Sentence(
    zh="在本机启动模拟支付网关与消息渠道（微信支付、支付宝、Stripe、银联；短信、微信、企业微信、"
    "钉钉、飞书、浏览器推送、FCM 与 APNs）。",
    en="Start fake payment gateways and providers of messages on this machine: text messages, "
    "WeChat, WeCom, DingTalk, Feishu, Web Push, FCM and APNs.",
)
_HOME = Sentence(
    zh="`tenure serve` 在本机的地址，支付通知发往那里",
    en="where `tenure serve` is on this machine: notifications go there",
)
_PORT = Sentence(zh="第一个端口；0 表示任选", en="first of their ports; 0 takes whichever are free")
_BUSINESS = Sentence(
    zh="哪个策略的短信模板已获批准", en="the strategy whose text messages are approved"
)
_JSON = Sentence(zh="以一个 JSON 对象输出", en="one JSON object")
_OPENING = Sentence(zh="正在生成密钥并启动网关……", en="Making keys and opening the gateways…")
_TITLE = Sentence(zh="模拟渠道", en="fake providers")
_NAME, _ADDRESS = Sentence(zh="渠道", en="provider"), Sentence(zh="地址", en="address")
_USE = Sentence(
    zh="在另一个终端：TENURE_PAYMENTS={path} TENURE_CHANNELS={channels} tenure serve"
    "   （Ctrl-C 停止）",
    en="In another terminal: TENURE_PAYMENTS={path} TENURE_CHANNELS={channels} tenure serve"
    "   (Ctrl-C stops them)",
)


def register(app: typer.Typer) -> None:
    """Add `fakes`."""

    @app.command(help=said(_HELP))
    def fakes(
        home: Annotated[str, typer.Option(help=said(_HOME))] = "http://127.0.0.1:8000",
        port: Annotated[int, typer.Option(help=said(_PORT), min=0, max=65_000)] = 0,
        business: Annotated[str, typer.Option(help=said(_BUSINESS))] = "broadband",
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        note(said(_OPENING))
        place, environment = Path(settings.TENURE_HOME), settings.TENURE_ENV
        gateways = street.opened(
            place / FOLDER, environment=environment, home=home, first_port=port
        )
        towers = masts.opened(
            place / CHANNELS, environment=environment, home=home, sold=preset(business)
        )
        with gateways as open_, towers as texts, _until_ctrl_c():
            if as_json:
                result_json(
                    {
                        "gateways": dict(open_.addresses),
                        "settings": str(open_.settings),
                        "channels": dict(texts.addresses),
                        "channel_settings": str(texts.settings),
                    }
                )
            else:
                _show(open_, texts)


def _show(open_: street.Street, texts: masts.Masts) -> None:
    table = Table(title=said(_TITLE))
    table.add_column(said(_NAME))
    table.add_column(said(_ADDRESS))
    for name, address in [*open_.addresses.items(), *texts.addresses.items()]:
        table.add_row(name, address)
    Console().print(table)
    note(said(_USE.fill(path=open_.settings, channels=texts.settings)))


@contextmanager
def _until_ctrl_c() -> Iterator[None]:
    """After what is told within, stay until Ctrl-C.

    An exception that is raised while Python cleans up behind some object is lost, and the verb
    would stay for ever: the signal sets a flag instead, also while the addresses are told.
    """
    asked = Event()
    before = signal.signal(signal.SIGINT, lambda *_: asked.set())
    try:
        yield
        asked.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    raise KeyboardInterrupt
