"""`tenure webhook` opens endpoints, shows their log and sends again."""

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tenure.records.journal.actions import Fact, append
from tenure.records.webhooks.actions import Answer, Telling, note_answer, queue
from tenure.records.webhooks.models import WebhookDelivery, WebhookEndpoint
from tenure.records.webhooks.rules import Answered
from tenure.surfaces.cli import main, webhooks
from tests.builders import AS_OF, AT

pytestmark = pytest.mark.django_db

type Run = Callable[..., str]
URL = "https://hooks.example.org/tenure"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    business = SimpleNamespace(business=SimpleNamespace(zone="Asia/Shanghai"))
    monkeypatch.setattr(webhooks, "current", lambda: business)
    monkeypatch.setenv("TENURE_LANG", "en")

    def run(*arguments: str, code: int = 0) -> str:
        assert main.run(["webhook", *arguments]) == code
        captured = capsys.readouterr()
        return captured.out or captured.err

    return run


def a_delivery() -> WebhookDelivery:
    entry = append(Fact("payment.failed", on=AS_OF, once_key="p"), at=AT, by="test")
    assert entry is not None
    endpoint = WebhookEndpoint.objects.get()
    queue([Telling(endpoint.pk, entry.pk, "msg_x_1", "payment.failed", "{}")], at=AT)
    return WebhookDelivery.objects.get()


def test_an_endpoint_is_opened_rotated_and_closed(run: Run) -> None:
    opened = json.loads(run("open", URL, "--kinds", "payment.*", "--for", "CRM", "--json"))
    rotated = json.loads(run("rotate", opened["id"], "--json"))
    listed = run("list")
    closed = run("close", opened["id"])

    assert opened["secret"].startswith("whsec_")
    assert rotated["secret"] != opened["secret"]
    assert listed == f"●  {opened['id']}  {URL}  payment.*\n"
    assert closed == f"The endpoint {opened['id']} is closed.\n"
    assert "whsec" not in run("list", "--json")


def test_what_cannot_be_told_is_refused_and_nothing_is_opened(run: Run) -> None:
    told = run("open", "http://10.0.0.1/", code=2)
    unknown = run("open", URL, "--kinds", "payment.lost", code=2)

    assert "https://" in told
    assert "payment.failed" in unknown
    assert not WebhookEndpoint.objects.exists()


def test_the_log_shows_every_request_and_a_delivery_is_sent_again(run: Run) -> None:
    run("open", URL)
    found = a_delivery()
    note_answer(found.pk, Answer(Answered(204, took_ms=7), at=AT), on=AS_OF, by="test")

    log = json.loads(run("deliveries", "--state", "delivered", "--json"))
    one = json.loads(run("delivery", "msg_x_1", "--json"))
    run("resend", "msg_x_1")

    assert [(row["id"], row["event"], row["attempts"]) for row in log] == [
        ("msg_x_1", "payment.failed", 1)
    ]
    assert [(row["status"], row["took_ms"]) for row in one["requests"]] == [(204, 7)]
    found.refresh_from_db()
    assert found.state == "waiting"
    assert "msg_nobody" in run("delivery", "msg_nobody", code=2)
