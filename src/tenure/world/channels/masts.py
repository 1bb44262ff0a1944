"""Open the played providers of text messages beside a program, for as long as it wants them."""

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
from tenure.world.channels.exchange import Exchange
from tenure.world.channels.loopback import registered, sign_of
from tenure.world.channels.tencent import TencentTower
from tenure.world.channels.tower import Registered, Tower

SETTINGS: Final = "channels.toml"
KINDS: Final[tuple[type[Tower], ...]] = (AliyunTower, TencentTower)


class NotInProduction(Refusal):
    """These providers would take messages that reach nobody."""

    code = "towers_in_production"
    said = Sentence(
        zh="模拟短信渠道不会把短信送给任何人，不能在 TENURE_ENV=production 下启动；"
        "请用 TENURE_CHANNELS 指向真实渠道的设置。",
        en="The fake providers of text messages deliver to nobody and do not open under "
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
    path, approved = folder / SETTINGS, registered(sold)
    towers = [kind(pace=0.01) for kind in KINDS]
    try:
        for tower in towers:
            tower.home, tower.rules.sign_name = home, sign_of(sold)
            tower.register([Registered(one.code, one.text, one.is_marketing) for one in approved])
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(section(one, approved) for one in towers))
        yield Masts({one.name: one.address for one in towers}, path, towers)
    finally:
        for tower in towers:
            tower.close()
        path.unlink(missing_ok=True)


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
