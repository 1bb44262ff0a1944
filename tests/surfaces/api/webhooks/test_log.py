"""The delivery log for programs, and sending again exactly once for a key (R-E-011, R-E-020)."""

from datetime import timedelta
from typing import Any

import pytest

from tenure.kernel import clock
from tenure.records.calls.actions import begin, forget_old
from tenure.records.calls.models import Call
from tenure.records.calls.rules import WORKED_ON_FOR, Asked, CallInProgress, fingerprint_of
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.keys.models import ApiKey
from tenure.records.webhooks import actions
from tenure.records.webhooks.actions import Answer, Telling, Wish, note_answer, open_endpoint, queue
from tenure.records.webhooks.models import WebhookDelivery
from tenure.records.webhooks.rules import Answered
from tests.builders import AS_OF, AT
from tests.surfaces.api.conftest import WithKey
from tests.understand.warehouses import Warehouse

LOG = "/api/v1/webhooks/deliveries"

pytestmark = pytest.mark.usefixtures("broadband")


def deliveries(count: int) -> list[WebhookDelivery]:
    wish = Wish("whk_a1", "https://example.org/hook")
    endpoint = open_endpoint(wish, on=AS_OF, at=AT, by="test")
    for number in range(count):
        entry = append(Fact("payment.failed", on=AS_OF, once_key=f"p{number}"), at=AT, by="test")
        assert entry is not None
        told = Telling(endpoint.pk, entry.pk, f"msg_a1_{number}", "payment.failed", "{}")
        queue([told], at=AT)
    found = list(WebhookDelivery.objects.order_by("pk"))
    for one in found:
        said = Answer(Answered(500, answer="busy"), at=AT)
        note_answer(one.pk, said, on=AS_OF, by="test")
    return found


def resends() -> int:
    return Entry.objects.filter(kind="webhook.resent").count()


def post(client: Any, message: str, *, key: str | None = "k-1") -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    address = f"{LOG}/{message}/resend"
    return client.post(address, b"", content_type="application/json", headers=headers)


def test_the_log_is_paged_without_skips_while_rows_are_added(with_key: WithKey) -> None:
    """R-E-022: a cursor, never an offset."""
    deliveries(5)
    client = with_key("webhooks")

    first = client.get(f"{LOG}?limit=3")
    cursor = first.json()["next_cursor"]
    second = client.get(f"{LOG}?limit=3&cursor={cursor}").json()

    assert [one["id"] for one in first.json()["items"]] == ["msg_a1_4", "msg_a1_3", "msg_a1_2"]
    assert first.headers["Link"] == f'<http://testserver{LOG}?limit=3&cursor={cursor}>; rel="next"'
    assert [one["id"] for one in second["items"]] == ["msg_a1_1", "msg_a1_0"]
    assert second["next_cursor"] is None


def test_one_delivery_shows_every_request(with_key: WithKey) -> None:
    deliveries(1)

    found = with_key("webhooks").get(f"{LOG}/msg_a1_0").json()

    assert [(one["status"], one["answer"]) for one in found["requests"]] == [(500, "busy")]
    assert with_key("webhooks").get(f"{LOG}/msg_b_9").status_code == 404


def test_a_key_for_customers_does_not_open_the_log(with_key: WithKey) -> None:
    assert with_key("customers").get(LOG).status_code == 403


def test_a_change_without_a_key_for_it_is_refused_and_nothing_is_done(with_key: WithKey) -> None:
    deliveries(1)

    answer = post(with_key("webhooks"), "msg_a1_0", key=None)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert (resends(), Call.objects.count()) == (0, 0)


def test_a_repetition_is_told_the_same_to_the_letter_and_does_nothing(with_key: WithKey) -> None:
    deliveries(1)
    client = with_key("webhooks")

    first, second = post(client, "msg_a1_0"), post(client, "msg_a1_0")

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert resends() == 1


def test_the_same_key_for_another_request_is_refused(with_key: WithKey) -> None:
    deliveries(2)
    client = with_key("webhooks")
    post(client, "msg_a1_0")

    answer = post(client, "msg_a1_1")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert resends() == 1


def test_two_programs_may_use_the_same_key(with_key: WithKey) -> None:
    deliveries(1)

    assert post(with_key("webhooks"), "msg_a1_0").status_code == 200
    assert post(with_key("webhooks"), "msg_a1_0").status_code == 200
    assert resends() == 2


def test_while_the_first_is_under_way_the_second_waits(with_key: WithKey) -> None:
    deliveries(1)
    client = with_key("webhooks")
    address = f"{LOG}/msg_a1_0/resend"
    asked = Asked(ApiKey.objects.get().pk, "k-1", fingerprint_of("POST", address, body=b""))
    begin(asked, at=clock.now())

    answer = post(client, "msg_a1_0")

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_in_progress")
    assert resends() == 0


def test_a_refusal_is_an_answer_and_is_replayed(with_key: WithKey) -> None:
    deliveries(1)
    actions.close_endpoint("whk_a1", on=AS_OF, at=AT, by="test")
    client = with_key("webhooks")

    first, second = post(client, "msg_a1_0"), post(client, "msg_a1_0")

    assert (first.status_code, first.json()["code"]) == (409, "unknown_endpoint")
    assert second.headers["Idempotency-Replayed"] == "true"
    assert first.content == second.content


def test_our_own_failure_is_no_answer_and_can_be_repeated(
    with_key: WithKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries(1)
    client = with_key("webhooks")
    client.raise_request_exception = False

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(actions, "resend", fail)
        assert post(client, "msg_a1_0").status_code == 500

    assert post(client, "msg_a1_0").status_code == 200


def test_a_request_whose_worker_died_is_done_again_after_its_claim(broadband: Warehouse) -> None:
    key = ApiKey.objects.create(name="x", public_id="x", secret_hash="x", created_at=AT)
    asked = Asked(key.pk, "k", "f" * 64)
    begin(asked, at=AT)

    with pytest.raises(CallInProgress):
        begin(asked, at=AT + WORKED_ON_FOR - timedelta(seconds=1))
    again = begin(asked, at=AT + WORKED_ON_FOR)

    assert again.leased_until == AT + 2 * WORKED_ON_FOR


def test_old_requests_are_forgotten_after_three_days(broadband: Warehouse) -> None:
    key = ApiKey.objects.create(name="x", public_id="x", secret_hash="x", created_at=AT)
    begin(Asked(key.pk, "old", "f" * 64), at=AT)
    begin(Asked(key.pk, "young", "f" * 64), at=AT + timedelta(hours=1))

    assert forget_old(at=AT + timedelta(hours=72, seconds=1)) == 1
    assert [one.idempotency_key for one in Call.objects.all()] == ["young"]
