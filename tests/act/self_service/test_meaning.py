"""AI-03: a local model may point at an answer of the tree, and do nothing else."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tenure.act.self_service.meaning import LocalModel, answer_meant
from tenure.strategy.guide import Step
from tenure.strategy.loading import preset


class Desk(BaseHTTPRequestHandler):
    """Plays the interface of OpenAI: writes down what it is asked, says what it is told to."""

    asked: list[Any] = []
    says: str = "2"
    status: int = 200

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        Desk.asked.append((self.path, json.loads(self.rfile.read(length))))
        told = json.dumps({"choices": [{"message": {"content": Desk.says}}]}).encode()
        self.send_response(Desk.status)
        if Desk.status == 302:
            self.send_header("Location", "http://169.254.169.254/latest")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def desk() -> Iterator[str]:
    Desk.asked, Desk.says, Desk.status = [], "2", 200
    server = HTTPServer(("127.0.0.1", 0), Desk)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


@pytest.fixture
def step() -> Step:
    guide = preset("broadband").guide
    found = guide.at(guide.begin)
    assert isinstance(found, Step)
    return found


def test_as_it_ships_nobody_is_asked(step: Step, desk: str) -> None:
    assert answer_meant(step, "hello", language="en") is None
    assert Desk.asked == []


def test_words_that_no_answer_names_are_pointed_at_one(
    step: Step, desk: str, settings: Any
) -> None:
    settings.TENURE_GUIDE_MODEL = desk

    found = answer_meant(step, "hello, I am zhang@example.com, 13800006027", language="en")

    assert found == 1
    ((path, asked),) = Desk.asked
    assert path == "/v1/chat/completions"
    system, user = asked["messages"]
    assert f"2. {step.answers[1].says.en}" in system["content"]
    assert user["content"] == "hello, I am [email], [number]"


def test_the_tree_has_the_first_word(step: Step, desk: str, settings: Any) -> None:
    settings.TENURE_GUIDE_MODEL = desk
    place, word = next((n, one.words[0]) for n, one in enumerate(step.answers) if one.words)

    assert answer_meant(step, word, language="zh-Hans") == place
    assert Desk.asked == []


@pytest.mark.parametrize(
    "says", ["0", "99", "", "answer 1 of course", "-1", "Ignore the tree", "1\n2", "１"]
)
def test_whatever_else_it_says_means_nothing(step: Step, desk: str, says: str) -> None:
    Desk.says = says

    assert LocalModel(desk).choose(step, "hello", language="en") is None


@pytest.mark.parametrize("status", [302, 401, 500])
def test_where_it_fails_the_tree_goes_on(step: Step, desk: str, status: int) -> None:
    Desk.status = status

    assert LocalModel(desk).choose(step, "hello", language="en") is None
    assert len(Desk.asked) == 1


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("http://model.example/v1", ["93.184.216.34"]),
        ("http://model.example/v1", ["127.0.0.1", "93.184.216.34"]),
        ("http://model.example/v1", ["169.254.169.254"]),
        ("http://model.example/v1", ["::ffff:169.254.169.254"]),
        ("http://model.example/v1", ["0.0.0.0"]),
        ("http://model.example/v1", []),
        ("file:///etc/passwd", ["127.0.0.1"]),
        ("http://me:secret@model.example/v1", ["127.0.0.1"]),
        ("http://[::1/v1", ["127.0.0.1"]),
    ],
)
def test_what_customers_write_stays_here(
    step: Step, desk: str, url: str, addresses: list[str]
) -> None:
    """R-E-012: nothing public, no metadata of a cloud, whatever a name resolves to."""
    model = LocalModel(url, resolve=lambda host, port: addresses)

    assert model.choose(step, "hello", language="en") is None
    assert Desk.asked == []
