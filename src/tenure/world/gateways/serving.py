"""A gateway's own web server, on the loopback."""

import functools
import json
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

HOST: Final = "127.0.0.1"
_MOST_BYTES: Final = 1024 * 1024
# Closing waits this long at most; the library's half a second is felt where many are closed.
_POLL_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Request:
    """A call as it came in; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The address without its query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's fields, decoded."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The body's fields, decoded."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def content(self) -> dict[str, Any]:
        """The body's JSON object; empty where there is none.

        Raises:
            NoJson: it is something else.
        """
        try:
            found = json.loads(self.body) if self.body else {}
        except ValueError:
            raise NoJson from None
        if not isinstance(found, dict):
            raise NoJson
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


class NoJson(Exception):
    """A call that should bring an object brings something else."""


class LineBroken(Exception):
    """The connection breaks before the answer is on it."""


class Server:
    """Answers calls with one function, each in a thread of its own, until it is closed."""

    def __init__(self, answer: Callable[[Request], Answer], *, port: int = 0) -> None:
        class Handler(_Handler):
            answering = staticmethod(answer)

        self._server = _Listening((HOST, port), Handler)
        self.port = self._server.server_address[1]
        listen = functools.partial(self._server.serve_forever, poll_interval=_POLL_SECONDS)
        self._thread = threading.Thread(target=listen, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


class _Listening(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up, or is killed, in the middle of a call is no error of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Two small writes and a delayed acknowledgement would cost 40 ms a call.
    wbufsize = -1
    disable_nagle_algorithm = True
    answering: Callable[[Request], Answer]

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _MOST_BYTES:
            self.close_connection = True
            self._write(Answer(413))
            return
        body = self.rfile.read(length)
        if len(body) < length:
            # Whoever called is gone in the middle of a sentence: nobody acts on half of one.
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        try:
            self._write(self.answering(request))
        except NoJson:
            self._write(Answer(400))
        except LineBroken:
            self.close_connection = True
            self.connection.close()

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        if answer.status != 204:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"" if answer.status == 204 else answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: addresses hold signatures."""
        return None
