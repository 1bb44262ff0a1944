"""Open the gateways beside a program, for as long as it wants them."""

import json
import subprocess  # nosec B404
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tenure.kernel.failures import Outage, Refusal, Sentence

_ENDS_WITHIN_S: Final = 20
_SETTINGS: Final = "payments.toml"


class NotInProduction(Refusal):
    """These gateways would take orders and no money."""

    code = "gateways_in_production"
    said = Sentence(
        zh="模拟支付网关不收取真实资金，不能在 TENURE_ENV=production 下启动；"
        "请用 TENURE_PAYMENTS 指向真实渠道的设置。",
        en="The fake gateways take no real money and do not start under TENURE_ENV=production; "
        "point TENURE_PAYMENTS at the settings of real providers.",
    )


class GatewaysClosed(Outage):
    """The child process did not come up."""

    code = "gateways_closed"
    said = Sentence(
        zh="模拟支付网关没有启动；请检查端口是否被占用，以及是否安装了 channels 组件。",
        en="The fake gateways did not open; look whether their ports are taken, and whether the "
        "`channels` extra is installed.",
    )


@dataclass(frozen=True, slots=True)
class Street:
    """Open gateways: where each listens, and the file with the merchant's settings."""

    addresses: Mapping[str, str]
    settings: Path


@contextmanager
def opened(
    folder: Path, *, environment: str, home: str = "", first_port: int = 0
) -> Iterator[Street]:
    """The gateways for as long as the block runs; their keys and settings go with them.

    Args:
        environment: TENURE_ENV.
        home: the merchant's own address on this machine, where notifications go.
    Raises:
        NotInProduction: under TENURE_ENV=production.
    """
    if environment == "production":
        raise NotInProduction()
    folder.mkdir(parents=True, exist_ok=True)
    # The program is our own module; Ctrl-C in the terminal is meant for its parent alone.
    command = [sys.executable, "-m", "tenure.world.gateways.desk", str(folder), home]
    child = subprocess.Popen(  # nosec B603
        [*command, str(first_port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdin is not None, "the child's life hangs on this pipe"
    assert child.stdout is not None, "the child tells its addresses here"
    try:
        line = child.stdout.readline()
        if not line:
            raise GatewaysClosed()
        yield Street(json.loads(line), folder / _SETTINGS)
    finally:
        child.stdin.close()
        child.wait(timeout=_ENDS_WITHIN_S)
        child.stdout.close()
