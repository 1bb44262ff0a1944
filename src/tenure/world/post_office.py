"""A post office on this machine that behaves like a real one: limits, bounces, full mailboxes.

It runs in a process of its own and ends with the one that opened it, whatever way that one ends.
Everything it accepts is kept in a folder; nothing ever leaves the machine.
"""

import asyncio
import json
import os
import subprocess  # nosec B404
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from tenure.kernel.failures import Outage, Refusal, Sentence

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

ADDRESS: Final = "127.0.0.1"
MOST_BYTES = 256 * 1024
MOST_RECIPIENTS = 50
MOST_PER_CONNECTION = 1_000
GONE, BUSY = "gone.", "busy."
MBOX, INDEX = "received.mbox", "received.jsonl"
_STARTS_WITHIN_S = 20.0


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
    command = [sys.executable, "-m", "tenure.world.post_office", str(folder)]
    child = subprocess.Popen(  # nosec B603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert child.stdin is not None, "the child's life hangs on this pipe"
    assert child.stdout is not None, "the child tells its port here"
    try:
        yield PostOffice(port=_port_told(child.stdout), folder=folder)
    finally:
        child.stdin.close()
        child.wait(timeout=_STARTS_WITHIN_S)
        child.stdout.close()


def _port_told(stdout: IO[bytes]) -> int:
    line = stdout.readline()
    if not line:
        raise PostOfficeClosed(why="no port was told")
    return int(json.loads(line)["port"])


class Clerk:
    """Decides about each letter as a real server would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known = {one["message_id"] for one in PostOffice(0, folder).received()}
        self._asked: Counter[str] = Counter()
        self._taken: Counter[int] = Counter()

    async def handle_MAIL(
        self,
        server: "SMTP",
        session: "Session",
        envelope: "Envelope",
        address: str,
        options: list[str],
    ) -> str:
        if self._taken[id(session)] >= MOST_PER_CONNECTION:
            return "421 4.7.0 too many letters on this connection"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 go on"

    async def handle_RCPT(
        self,
        server: "SMTP",
        session: "Session",
        envelope: "Envelope",
        address: str,
        options: list[str],
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients"
        refused = self._refused(address)
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 known here"

    async def handle_DATA(self, server: "SMTP", session: "Session", envelope: "Envelope") -> str:
        content = envelope.content
        assert isinstance(content, bytes), "letters arrive as bytes"
        headers = BytesHeaderParser().parsebytes(content)
        message_id = str(headers.get("Message-ID", "")).strip()
        self._taken[id(session)] += 1
        if message_id and message_id in self._known:
            return f"250 2.0.0 had {message_id} before"
        self._known.add(message_id)
        self._keep(content, envelope=envelope, message_id=message_id, subject=headers["Subject"])
        return "250 2.0.0 taken"

    def _refused(self, address: str) -> str:
        """Addresses that do not exist, and mailboxes that are full every other time."""
        if address.startswith(GONE):
            return "550 5.1.1 nobody of this name"
        if address.startswith(BUSY):
            self._asked[address] += 1
            if self._asked[address] % 2:
                return "451 4.2.2 the mailbox is full, come back later"
        return ""

    def _keep(
        self, content: bytes, *, envelope: "Envelope", message_id: str, subject: object
    ) -> None:
        letter = content.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
        with (self._folder / MBOX).open("ab") as box:
            box.write(b"From " + str(envelope.mail_from or "-").encode() + b"\n" + letter + b"\n\n")
        line = {
            "message_id": message_id,
            "to": ",".join(envelope.rcpt_tos),
            "subject": str(subject),
        }
        with (self._folder / INDEX).open("a", encoding="utf-8") as index:
            index.write(json.dumps(line, ensure_ascii=False) + "\n")


async def _serve(folder: Path) -> None:
    """Listen until standard input ends, which it does with the parent."""
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    clerk = Clerk(folder)
    server = await loop.create_server(
        lambda: SMTP(clerk, data_size_limit=MOST_BYTES, enable_SMTPUTF8=True, loop=loop),
        host=ADDRESS,
        port=0,
    )
    port = server.sockets[0].getsockname()[1]
    os.write(sys.stdout.fileno(), json.dumps({"port": port}).encode() + b"\n")
    over = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), lambda: over.set() if not os.read(0, 4096) else None)
    await over.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
