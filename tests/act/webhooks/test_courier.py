"""From the journal to another program's server: queued once, signed, told until it is taken."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tenure.act.webhooks.actions import Courier, enqueue
from tenure.act.webhooks.guard import Guard
from tenure.act.webhooks.requests import MOST_ANSWER_BYTES, Letter, Sender
from tenure.act.webhooks.secrets import secret_of
from tenure.kernel import clock
from tenure.loop.telling import tell
from tenure.records.journal.actions import Fact, append_many
from tenure.records.journal.models import Entry
from tenure.records.webhooks.actions import Wish, open_endpoint
from tenure.records.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.builders import AS_OF, AT, a_term
from tests.builders.moments import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


@dataclass
class Receiver:
    """A server of somebody else: keeps what it is sent, answers what it is told to."""

    statuses: list[int] = field(default_factory=list)
    answer: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            kept.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(kept.statuses.pop(0) if kept.statuses else 204)
            for name, value in kept.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(kept.answer)))
            self.end_headers()
            self.wfile.write(kept.answer)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def courier() -> Iterator[Courier]:
    found = Courier(Sender(Guard(is_intranet=True), seconds=5))
    yield found
    found.close()


def an_endpoint(url: str, *kinds: str, at: datetime = AT) -> WebhookEndpoint:
    return open_endpoint(Wish(fresh("whk_a"), url, kinds=kinds), on=AS_OF, at=at, by="test")


def happen(*kinds: str, at: datetime = AT) -> list[Entry]:
    term = a_term()
    facts = [
        Fact(one, on=AS_OF, account_id=term.account_id, term_id=term.pk, once_key=fresh("k"))
        for one in kinds
    ]
    append_many(facts, at=at, by="test")
    return list(Entry.objects.filter(kind__in=kinds).order_by("pk"))


def send(courier: Courier, *, at: datetime = AT) -> None:
    tell(courier, at=at)
    courier.finish(at)


def test_what_happens_is_told_once_and_signed(receiver: Receiver, courier: Courier) -> None:
    """TAG-02's outside: one fact, one request, and its signature verifies."""
    now = clock.now()
    endpoint = an_endpoint(receiver.url, at=now)
    happen("term.renewed", at=now)

    send(courier, at=now)
    send(courier, at=now)

    ((headers, body),) = receiver.got
    secret = secret_of(endpoint.public_id, generation=1)
    assert Webhook(secret).verify(body, headers)["type"] == "subscription.renewed"
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, headers["webhook-id"]) == ("delivered", delivery.message_id)


def test_one_changed_byte_is_noticed(receiver: Receiver, courier: Courier) -> None:
    now = clock.now()
    endpoint = an_endpoint(receiver.url, at=now)
    happen("term.renewed", at=now)
    send(courier, at=now)
    ((headers, body),) = receiver.got
    secret = secret_of(endpoint.public_id, generation=1)

    with pytest.raises(Exception, match="signature"):
        Webhook(secret).verify(body.replace("renewed", "renewee"), headers)


def test_only_what_an_endpoint_wants_and_only_from_its_opening_on(receiver: Receiver) -> None:
    happen("payment.succeeded", at=AT - timedelta(seconds=1))
    an_endpoint(receiver.url, "payment.*")
    happen("payment.failed", "term.renewed", "message.sent")

    count = enqueue(list(Entry.objects.order_by("pk")), at=AT)

    assert count == 1
    assert [one.kind for one in WebhookDelivery.objects.all()] == ["payment.failed"]
    assert enqueue(list(Entry.objects.order_by("pk")), at=AT) == 0


def test_a_refused_request_is_repeated_with_the_same_id(
    receiver: Receiver, courier: Courier
) -> None:
    receiver.statuses = [500, 302]
    receiver.headers = {"location": receiver.url}
    an_endpoint(receiver.url)
    happen("term.lapsed")

    send(courier)
    send(courier, at=AT + timedelta(seconds=4))
    send(courier, at=AT + timedelta(seconds=6))
    send(courier, at=AT + timedelta(minutes=10))

    # A redirect is an answer that is not 2xx, and is not followed.
    assert [one.http_status for one in WebhookAttempt.objects.order_by("pk")] == [500, 302, 204]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert WebhookDelivery.objects.get().state == "delivered"


def test_a_server_that_is_not_there_is_told_by_name(courier: Courier) -> None:
    an_endpoint("http://127.0.0.1:9/hook")
    happen("term.lapsed")

    send(courier)

    attempt = WebhookAttempt.objects.get()
    assert (attempt.http_status, attempt.failure) == (None, "connecterror")


def test_a_name_that_leads_inside_is_refused_when_it_is_asked() -> None:
    """A host that was public when it was entered and answers with our own address later."""
    sender = Sender(Guard(), resolve=lambda host, port: ["127.0.0.1"])

    found = sender.send(Letter("https://a.example/", "msg_1", "{}", []), at=AT)

    assert (found.status, found.failure) == (None, "forbidden_address")


def test_the_connection_goes_to_the_address_that_was_judged(receiver: Receiver) -> None:
    sender = Sender(Guard(is_intranet=True), resolve=lambda host, port: ["127.0.0.1"])
    port = receiver.url.rpartition(":")[2]

    found = sender.send(Letter(f"http://a.example:{port}", "msg_1", "{}", []), at=AT)

    assert found.status == 204
    assert receiver.got[0][0]["host"] == f"a.example:{port.partition('/')[0]}"


def test_only_the_beginning_of_an_answer_is_kept(receiver: Receiver, courier: Courier) -> None:
    receiver.statuses, receiver.answer = [500], b"x" * 100_000
    an_endpoint(receiver.url)
    happen("term.lapsed")

    send(courier)

    assert len(WebhookAttempt.objects.get().answer) == MOST_ANSWER_BYTES


def test_the_body_is_json_with_the_account_and_the_term(
    receiver: Receiver, courier: Courier
) -> None:
    an_endpoint(receiver.url)
    (entry,) = happen("term.lapsed")

    send(courier)

    told = json.loads(receiver.got[0][1])["data"]
    assert (told["customer"], told["term"]) == (f"cus_{entry.account_id}", f"trm_{entry.term_id}")
