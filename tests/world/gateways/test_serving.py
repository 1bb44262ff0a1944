"""A played server answers what it does not understand, and acts on nothing that was cut short."""

import json
import socket
import struct
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tenure.world.channels.tower import Registered
from tenure.world.channels.wechat import WeChatFollowed
from tenure.world.gateways.serving import Answer, Request, Server

WHOLE = {
    "touser": "oReader",
    "template_id": "T1",
    "client_msg_id": "key-1",
    "data": {"thing1": {"value": "broadband"}},
}


@pytest.fixture
def account() -> Iterator[WeChatFollowed]:
    """A played service account that gave out a token."""
    played = WeChatFollowed(pace=0.001)
    played.register([Registered("T1", "Service: ${thing1}")])
    played.token = "token-1"
    with closing(played):
        yield played


def _sent(account: WeChatFollowed, content: Any) -> tuple[int, dict[str, Any]]:
    """Status and answer of one call."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    address = f"{account.address}{account.path}?access_token={account.token}"
    try:
        with urllib.request.urlopen(address, data=body, timeout=5) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as refused:
        return refused.code, {}


@pytest.mark.parametrize("share", [0, 0.5])
def test_a_call_that_was_cut_short_is_acted_on_by_nobody(
    account: WeChatFollowed, share: float
) -> None:
    """A sender that is killed leaves the head of a call, and a part of its body or none."""
    body = json.dumps(WHOLE).encode()
    head = (
        f"POST {account.path}?access_token={account.token} HTTP/1.1\r\nHost: here\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()

    with socket.create_connection(("127.0.0.1", account.server.port), timeout=5) as line:
        line.sendall(head + body[: int(len(body) * share)])
        line.shutdown(socket.SHUT_WR)
        answer = line.recv(1_024)

    assert answer == b""
    assert account.arrived == []
    assert account.calls == []
    assert _sent(account, WHOLE)[1]["errcode"] == 0
    assert len(account.arrived) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({}, 40003),
        ({"touser": ""}, 40003),
        ({"touser": 7, "data": {}}, 40003),
        ({"touser": "oReader", "template_id": "T1"}, 47001),
        ({"touser": "oReader", "template_id": "T9", "data": {}}, 40037),
    ],
)
def test_what_lacks_something_is_refused_with_the_code_of_wechat(
    account: WeChatFollowed, content: dict[str, Any], code: int
) -> None:
    status, answer = _sent(account, content)

    assert (status, answer["errcode"]) == (200, code)
    assert answer["errmsg"]
    assert account.arrived == []


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_what_is_no_object_is_a_bad_request(account: WeChatFollowed, body: bytes) -> None:
    assert _sent(account, body)[0] == 400
    assert account.arrived == []


def test_a_server_goes_on_after_a_bad_request() -> None:
    server = Server(lambda request: Answer(200, json.dumps(request.content).encode()))
    with closing(server):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(server.address, data=b"nothing", timeout=5)
        with urllib.request.urlopen(server.address, data=b'{"a": 1}', timeout=5) as answer:
            assert json.loads(answer.read()) == {"a": 1}


def test_a_caller_that_hangs_up_is_no_error(capfd: pytest.CaptureFixture[str]) -> None:
    server = Server(lambda request: Answer(200, b"{}"))
    with closing(server):
        line = socket.create_connection(("127.0.0.1", server.port), timeout=5)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.sendall(b"GET / HTTP/1.1\r\n")
        line.close()
        with urllib.request.urlopen(server.address, timeout=5) as answer:
            assert answer.status == 200

    assert "Traceback" not in capfd.readouterr().err


def test_a_call_without_a_body_brings_an_empty_object() -> None:
    assert Request("GET", "/", {}, b"").content == {}
