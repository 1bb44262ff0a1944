"""APNs as its callers see it: HTTP/2 alone, and one token that is neither too new nor too old."""

import json
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import h2.config
import h2.connection
import h2.events
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tenure.kernel import clock
from tenure.world.channels.board import Board, said
from tenure.world.channels.push import a_key, issued_at, proved
from tenure.world.gateways.faults import Fault
from tenure.world.gateways.serving import HOST, Answer, LineBroken, Request

_MOST_BYTES: Final = 4_096
_CHUNK: Final = 65_536
GONE: Final = "dead"


class Line2:
    """A server that speaks HTTP/2 with whoever begins with it, without encryption."""

    def __init__(self, answer: Any, *, port: int = 0) -> None:
        self._answer = answer
        self._listening = socket.create_server((HOST, port))
        self.port = self._listening.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    def close(self) -> None:
        """Listen no more, and hang up."""
        with suppress(OSError):  # closed before
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in list(self._open):
            one.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self._open.add(line)
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        talk = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        open_: dict[int, _Call] = {}
        try:
            talk.initiate_connection()
            line.sendall(talk.data_to_send())
            while content := line.recv(_CHUNK):
                for event in talk.receive_data(content):
                    self._hear(talk, event, open_=open_)
                line.sendall(talk.data_to_send())
        except (OSError, LineBroken):
            pass
        finally:
            self._open.discard(line)
            line.close()

    def _hear(self, talk: Any, event: Any, *, open_: "dict[int, _Call]") -> None:
        if isinstance(event, h2.events.RequestReceived):
            head = {_text(name): _text(value) for name, value in event.headers}
            open_[event.stream_id] = _Call(head)
        elif isinstance(event, h2.events.DataReceived):
            open_[event.stream_id].body += event.data
            talk.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            self._say(talk, event.stream_id, call=open_.pop(event.stream_id))

    def _say(self, talk: Any, stream: int, *, call: "_Call") -> None:
        head = call.head
        answer = self._answer(Request(head[":method"], head[":path"], head, call.body))
        names = [(name.lower(), value) for name, value in answer.headers.items()]
        talk.send_headers(stream, [(":status", str(answer.status)), *names])
        talk.send_data(stream, answer.body, end_stream=True)


@dataclass(slots=True)
class _Call:
    """One call that is still coming in."""

    head: dict[str, str]
    body: bytes = b""


class AppleTower(Board):
    """Plays api.push.apple.com."""

    name = "apns"
    team_id = "TENURETEAM"
    key_id = "TENUREKEY1"
    topic = "com.example.my"

    def __init__(self, *, port: int = 0, pace: float = 0.01, seed: int = 0) -> None:
        self.private_key = a_key()
        super().__init__(port=port, pace=pace, seed=seed)

    def opened(self, port: int) -> Any:
        """Begin to listen, in HTTP/2."""
        return Line2(self.answered, port=port)

    def configuration(self) -> dict[str, str | int]:
        return {
            "gateway": self.address,
            "team_id": self.team_id,
            "key_id": self.key_id,
            "private_key": self.private_key,
            "topic": self.topic,
        }

    def answered(self, request: Request) -> Answer:
        if self.faults.strikes(Fault.TOO_MANY):
            return _reason(429, "TooManyRequests")
        return super().answered(request)

    def called(self, request: Request) -> Answer:
        headers = request.headers
        wrong = self._unproved(headers.get("authorization", ""))
        if wrong:
            return _reason(403, wrong)
        if headers.get("apns-topic") != self.topic:
            return _reason(400, "TopicDisallowed")
        if len(request.body) > _MOST_BYTES:
            return _reason(413, "PayloadTooLarge")
        device = request.path.removeprefix("/3/device/")
        if len(device) < 32 and not device.startswith(GONE):
            return _reason(400, "BadDeviceToken")
        if device.startswith(GONE):
            return _reason(410, "Unregistered")
        content = json.loads(request.body)
        number = headers.get("apns-id", "")
        words = f"{content['aps']['alert']['body']}：{content['url']}"
        self.take(device, words, provider_id=number, own_id=headers.get("apns-collapse-id", ""))
        return Answer(200, headers={"apns-id": number})

    def _unproved(self, authorization: str) -> str:
        """What is wrong with the token; empty where it holds."""
        key = load_pem_private_key(self.private_key.encode(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey), "our own key"
        claims = proved(authorization.removeprefix("bearer "), key=key.public_key())
        if claims is None or claims.get("iss") != self.team_id:
            return "InvalidProviderToken"
        is_old = clock.now() - issued_at(claims) > timedelta(hours=1)
        return "ExpiredProviderToken" if is_old else ""


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _reason(status: int, reason: str) -> Answer:
    return said({"reason": reason}, status=status)
