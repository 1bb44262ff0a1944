"""Open the played providers of messages beside a program, for as long as it wants them."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tenure.act.channels.sms.templates import Approved
from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy.sections import Strategy
from tenure.world.channels.aliyun import AliyunTower
from tenure.world.channels.apple import AppleTower
from tenure.world.channels.board import Board
from tenure.world.channels.exchange import Exchange
from tenure.world.channels.loopback import noticed, registered, sign_of
from tenure.world.channels.push import BrowserPost, FcmTower
from tenure.world.channels.tencent import TencentTower
from tenure.world.channels.tower import Registered, Tower
from tenure.world.channels.wechat import WeChatFollowed, WeChatMini, WeChatPost
from tenure.world.channels.workplace import DingTalkRoom, FeishuRoom, WeComContacts, WeComHouse

SETTINGS: Final = "channels.toml"
KINDS: Final[tuple[type[Tower], ...]] = (AliyunTower, TencentTower)
BOARDS: Final[tuple[type[Board], ...]] = (
    WeChatFollowed, WeChatMini, WeComContacts, WeComHouse, DingTalkRoom, FeishuRoom, BrowserPost,
    FcmTower, AppleTower,
)  # fmt: skip


class NotInProduction(Refusal):
    """These providers would take messages that reach nobody."""

    code = "towers_in_production"
    said = Sentence(
        zh="模拟渠道不会把消息送给任何人，不能在 TENURE_ENV=production 下启动；"
        "请用 TENURE_CHANNELS 指向真实渠道的设置。",
        en="The fake providers of messages deliver to nobody and do not open under "
        "TENURE_ENV=production; point TENURE_CHANNELS at the settings of real ones.",
    )


@dataclass(frozen=True, slots=True)
class Masts:
    """Open providers: where each listens, and the file with the sender's settings."""

    addresses: Mapping[str, str]
    settings: Path
    towers: Sequence[Tower]


@contextmanager
def opened(folder: Path, *, environment: str, home: str, sold: Strategy) -> Iterator[Masts]:
    """The providers for as long as the block runs, on the loopback; their settings go with them.

    Args:
        environment: TENURE_ENV.
        home: the sender's own address on this machine, where reports and replies go.
        sold: the strategy whose texts both have approved.
    Raises:
        NotInProduction: under TENURE_ENV=production.
    """
    if environment == "production":
        raise NotInProduction()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / SETTINGS
    towers = [kind(pace=0.01) for kind in KINDS]
    boards = [kind(pace=0.01) for kind in BOARDS]
    every: list[Exchange] = [*towers, *boards]
    try:
        sections = [_opened(one, home=home, sold=sold) for one in every]
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(sections))
        yield Masts({one.name: one.address for one in every}, path, towers)
    finally:
        for one in every:
            one.close()
        path.unlink(missing_ok=True)


def _opened(one: Exchange, *, home: str, sold: Strategy) -> str:
    """Let a provider know the sender, and approve the sender's texts; the settings for it."""
    one.home = home
    approved: list[Approved] = []
    if isinstance(one, Tower):
        one.rules.sign_name, approved = sign_of(sold), registered(sold)
    elif isinstance(one, WeChatPost):
        approved = noticed(sold)
    if isinstance(one, Tower | WeChatPost):
        one.register([Registered(text.code, text.text, text.is_marketing) for text in approved])
    return section(one, approved)


def section(tower: Exchange, approved: Sequence[Approved]) -> str:
    """The settings of a sender for one played provider, as TOML."""
    # A JSON string is a TOML string as well.
    values = tower.configuration().items()
    lines = [f"[{tower.name}]", *(f"{name} = {json.dumps(value)}" for name, value in values)]
    for one in approved:
        lines += [
            "",
            f"[[{tower.name}.template]]",
            f"code = {json.dumps(one.code)}",
            f"text = {json.dumps(one.text)}",
            f"is_marketing = {json.dumps(one.is_marketing)}",
        ]
    return "\n".join([*lines, ""])
