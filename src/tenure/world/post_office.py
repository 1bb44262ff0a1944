"""A post office on this machine that behaves like a real one: limits, bounces, full mailboxes.

It runs in a process of its own and ends with the one that opened it, whatever way that one ends.
Everything it accepts is kept in a folder; nothing ever leaves the machine.
"""

import json
import subprocess  # nosec B404
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.world.smtp_desk import INDEX

_ENDS_WITHIN_S = 20.0


class NotInProduction(Refusal):
    """The rehearsal's post office would swallow real mail."""

    code = "post_office_in_production"
    said = Sentence(
        zh="演练邮局不会把邮件送给任何人，不能在 TENURE_ENV=production 下启动；"
        "请改设 TENURE_SMTP_HOST 指向真实的邮件服务器。",
        en="The rehearsal's post office delivers to nobody and does not open under "
        "TENURE_ENV=production; point TENURE_SMTP_HOST at a real mail server.",
    )


class PostOfficeClosed(Outage):
    """The child process did not come up."""

    code = "post_office_closed"
    said = Sentence(
        zh="演练邮局没有启动：{why}。",
        en="The rehearsal's post office did not open: {why}.",
    )


_NO_PORT = Sentence(zh="没有报出端口", en="it told no port")


@dataclass(frozen=True, slots=True)
class PostOffice:
    """An open post office: where it listens, and where it keeps the mail."""

    port: int
    folder: Path

    def received(self) -> list[dict[str, str]]:
        """What was accepted, oldest first: message_id, to, subject; duplicates are not kept."""
        index = self.folder / INDEX
        if not index.exists():
            return []
        return [json.loads(line) for line in index.read_text(encoding="utf-8").splitlines()]


@contextmanager
def opened(folder: Path, *, environment: str) -> Iterator[PostOffice]:
    """A post office for as long as the block runs; its mail stays in the folder.

    Args:
        environment: TENURE_ENV.
    Raises:
        NotInProduction: under TENURE_ENV=production.
    """
    if environment == "production":
        raise NotInProduction()
    folder.mkdir(parents=True, exist_ok=True)
    # The program is our own module; Ctrl-C in the terminal is meant for its parent alone.
    command = [sys.executable, "-m", "tenure.world.smtp_desk", str(folder)]
    child = subprocess.Popen(  # nosec B603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert child.stdin is not None, "the child's life hangs on this pipe"
    assert child.stdout is not None, "the child tells its port here"
    try:
        yield PostOffice(port=_port_told(child.stdout), folder=folder)
    finally:
        child.stdin.close()
        child.wait(timeout=_ENDS_WITHIN_S)
        child.stdout.close()


def _port_told(stdout: IO[bytes]) -> int:
    line = stdout.readline()
    if not line:
        raise PostOfficeClosed(why=_NO_PORT)
    return int(json.loads(line)["port"])
