"""The child of the post office: takes letters by SMTP (RFC 5321) on the loopback, and keeps them.

Written by hand because a rehearsal hands over ten thousand letters and waits for each: one answer
takes 20 microseconds here.
"""

import asyncio
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

HOST: Final = "127.0.0.1"
MOST_BYTES: Final = 256 * 1024
MOST_RECIPIENTS: Final = 50
MOST_PER_CONNECTION: Final = 1_000
MOST_IN_A_LINE: Final = 1_000
GONE: Final = "gone."  # such addresses do not exist
BUSY: Final = "busy."  # such mailboxes are full every other time
_CAN: Final = ("250 PIPELINING", "250 8BITMIME", "250 SMTPUTF8")
MBOX, INDEX = "received.mbox", "received.jsonl"


@dataclass(slots=True)
class Letter:
    """What was said about one letter so far."""

    sender: str | None = None
    readers: list[str] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    size: int = 0


class Clerk:
    """Decides about each letter as a real server would, and keeps what it takes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        index = folder / INDEX
        kept = index.read_text(encoding="utf-8").splitlines() if index.exists() else []
        self._known = {json.loads(line)["message_id"] for line in kept}
        self._asked: Counter[str] = Counter()
        # Not buffered: what was answered with "taken" is in the files.
        self._box = (folder / MBOX).open("ab", buffering=0)
        self._index = index.open("ab", buffering=0)

    def refusal(self, address: str) -> str:
        """Why nothing goes to an address now or ever; empty when it does."""
        if address.startswith(GONE):
            return "550 5.1.1 nobody of this name"
        if address.startswith(BUSY):
            self._asked[address] += 1
            if self._asked[address] % 2:
                return "451 4.2.2 the mailbox is full, come back later"
        return ""

    def take(self, letter: Letter) -> str:
        """Keep a letter, unless one with its Message-ID is here already."""
        if letter.size > MOST_BYTES:
            return "552 5.3.4 too large"
        content = b"\n".join(letter.lines)
        headers = _headers(content)
        message_id = headers.get("message-id", "").strip()
        if message_id and message_id in self._known:
            return f"250 2.0.0 had {message_id} before"
        self._known.add(message_id)
        self._keep(letter, content, message_id=message_id, subject=headers.get("subject", ""))
        return "250 2.0.0 taken"

    def _keep(self, letter: Letter, content: bytes, *, message_id: str, subject: str) -> None:
        quoted = content.replace(b"\nFrom ", b"\n>From ")
        sender = (letter.sender or "-").encode()
        self._box.write(b"From " + sender + b"\n" + quoted + b"\n\n")
        line = {"message_id": message_id, "to": ",".join(letter.readers), "subject": subject}
        self._index.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


class Desk(asyncio.Protocol):
    """One connection: reads commands line by line and answers each."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk
        self._unread = b""
        self._letter = Letter()
        self._reads_content = False
        self._taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._say("220 rehearsal ESMTP")

    def data_received(self, data: bytes) -> None:
        *lines, self._unread = (self._unread + data).split(b"\r\n")
        if len(self._unread) > MOST_BYTES:
            self._transport.abort()
        for line in lines:
            if self._reads_content:
                self._content(line)
            elif len(line) > MOST_IN_A_LINE:
                self._say("500 5.5.2 line too long")
            else:
                self._command(line.decode("utf-8", "replace"))

    def _say(self, *lines: str) -> None:
        shown = [f"{line[:3]}-{line[4:]}" for line in lines[:-1]] + [lines[-1]]
        self._transport.write(("\r\n".join(shown) + "\r\n").encode())

    def _command(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        answer = _COMMANDS.get(verb.upper())
        if answer is None:
            self._say("502 5.5.1 not understood")
        else:
            answer(self, rest)

    def _greet(self, rest: str) -> None:
        self._letter = Letter()
        self._say("250 rehearsal", f"250 SIZE {MOST_BYTES}", *_CAN)

    def _from(self, rest: str) -> None:
        if self._taken >= MOST_PER_CONNECTION:
            self._say("421 4.7.0 too many letters on this connection")
            self._transport.close()
            return
        size = _parameter(rest, "SIZE")
        if size.isdigit() and int(size) > MOST_BYTES:
            self._say("552 5.3.4 too large")
            return
        self._letter = Letter(sender=_mailbox(rest))
        self._say("250 2.1.0 go on")

    def _to(self, rest: str) -> None:
        address = _mailbox(rest)
        if self._letter.sender is None:
            answer = "503 5.5.1 who writes?"
        elif len(self._letter.readers) >= MOST_RECIPIENTS:
            answer = "452 4.5.3 too many recipients"
        else:
            answer = self._clerk.refusal(address)
        if not answer:
            self._letter.readers.append(address)
        self._say(answer or "250 2.1.5 known here")

    def _data(self, rest: str) -> None:
        if not self._letter.readers:
            self._say("503 5.5.1 to whom?")
            return
        self._reads_content = True
        self._say("354 go on, end with a dot")

    def _content(self, line: bytes) -> None:
        if line == b".":
            self._reads_content = False
            self._taken += 1
            self._say(self._clerk.take(self._letter))
            self._letter = Letter()
            return
        self._letter.size += len(line) + 2
        if self._letter.size <= MOST_BYTES:
            self._letter.lines.append(line[1:] if line.startswith(b".") else line)

    def _reset(self, rest: str) -> None:
        self._letter = Letter()
        self._say("250 2.0.0 forgotten")

    def _nothing(self, rest: str) -> None:
        self._say("250 2.0.0 still here")

    def _quit(self, rest: str) -> None:
        self._say("221 2.0.0 bye")
        self._transport.close()


_COMMANDS: Final[Mapping[str, Callable[[Desk, str], None]]] = {
    "EHLO": Desk._greet,
    "HELO": Desk._greet,
    "MAIL": Desk._from,
    "RCPT": Desk._to,
    "DATA": Desk._data,
    "RSET": Desk._reset,
    "NOOP": Desk._nothing,
    "QUIT": Desk._quit,
}


def _mailbox(text: str) -> str:
    """The address between the angle brackets."""
    return text.partition("<")[2].partition(">")[0]


def _headers(content: bytes) -> dict[str, str]:
    """Name → value of each header, the first one where it stands twice; folded as it came."""
    found: dict[str, str] = {}
    head = content.partition(b"\n\n")[0].decode("utf-8", "replace")
    for line in re.split(r"\n(?![ \t])", head):
        name, _, value = line.partition(":")
        found.setdefault(name.strip().lower(), value.strip())
    return found


def _parameter(text: str, name: str) -> str:
    """The value of NAME=value after an address; empty where it is not given."""
    given = text.partition(">")[2].upper()
    return given.partition(f"{name}=")[2].partition(" ")[0]


async def serve(folder: Path) -> None:
    """Listen until standard input ends, which it does with the parent."""
    loop = asyncio.get_running_loop()
    clerk = Clerk(folder)
    server = await loop.create_server(lambda: Desk(clerk), host=HOST, port=0)
    port = server.sockets[0].getsockname()[1]
    os.write(sys.stdout.fileno(), json.dumps({"port": port}).encode() + b"\n")
    over = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), lambda: over.set() if not os.read(0, 4096) else None)
    await over.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
