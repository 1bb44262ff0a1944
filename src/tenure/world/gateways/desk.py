"""The child process in which the gateways run; it ends when its parent does."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tenure.world.gateways.alipay import AlipayGateway
from tenure.world.gateways.bank import ACCOUNT
from tenure.world.gateways.gateway import Gateway
from tenure.world.gateways.stripe import StripeGateway
from tenure.world.gateways.unionpay import UnionpayGateway
from tenure.world.gateways.wechat import WechatGateway

SETTINGS: Final = "payments.toml"
KINDS: Final[tuple[type[Gateway], ...]] = (
    WechatGateway, AlipayGateway, StripeGateway, UnionpayGateway
)  # fmt: skip
#: What a second of a provider's schedule of redelivery takes here: an hour is six minutes.
PACE: Final = 0.1


def started(*, home: str, first_port: int = 0) -> list[Gateway]:
    """The gateways, listening.

    Args:
        home: the merchant's own address on this machine.
        first_port: the first of as many ports as there are gateways; 0 takes any.
    """
    gateways = []
    for place, kind in enumerate(KINDS):
        gateway = kind(port=first_port + place if first_port else 0, pace=PACE)
        gateway.home = home
        gateways.append(gateway)
    for gateway in gateways:
        tail = "/gateway" if gateway.name == "alipay" else ""
        gateway.application_url = f"{home}/hooks/{gateway.name}{tail}" if home else ""
    return gateways


def settings_of(gateways: list[Gateway]) -> str:
    """The merchant's side of it, as the file that TENURE_PAYMENTS names."""
    sections = [_section(gateway.name, gateway.configuration()) for gateway in gateways]
    return "\n".join([*sections, _section("bank", ACCOUNT)])


def _section(name: str, values: Mapping[str, str | int]) -> str:
    # A JSON string is a TOML string as well.
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def serve(folder: Path, *, home: str, first_port: int) -> None:
    """Write the settings, tell the addresses on standard output, and stay until input ends."""
    gateways = started(home=home, first_port=first_port)
    path = folder / SETTINGS
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(settings_of(gateways))
    addresses = {gateway.name: gateway.address for gateway in gateways}
    os.write(sys.stdout.fileno(), json.dumps(addresses).encode() + b"\n")
    while os.read(0, 4096):
        pass
    for gateway in gateways:
        gateway.close()
    path.unlink(missing_ok=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), home=sys.argv[2], first_port=int(sys.argv[3]))
