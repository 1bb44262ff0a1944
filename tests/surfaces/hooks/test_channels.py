"""Providers of text messages call with a secret in their address, and with nothing else."""

from collections.abc import Iterator

import pytest
from django.test import Client

from tenure.act.channels.registry import standing_in
from tests.act.channels.benches import SmsBench, a_tower

pytestmark = pytest.mark.django_db


@pytest.fixture
def bench() -> Iterator[SmsBench]:
    with a_tower("tencent") as found, standing_in(found.channel):
        yield found


def called(path: str, body: bytes) -> tuple[int, bytes]:
    answer = Client(enforce_csrf_checks=True).post(path, data=body, content_type="application/json")
    return answer.status_code, answer.content


def test_a_report_is_answered_in_the_providers_own_words(bench: SmsBench) -> None:
    path = f"/hooks/channels/tencent/{bench.tower.callback_token}"
    report = b'[{"sid":"x","report_status":"SUCCESS","errmsg":"DELIVRD","mobile":"1"}]'

    assert called(path, report) == (200, b'{"result":0,"errmsg":"OK"}')


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("tencent/another-secret", b"[]", 403),
        ("aliyun/callback-tencent", b"[]", 404),
        ("tencent/callback-tencent", b"no JSON", 403),
        ("tencent/callback-tencent", b'["text"]', 403),
        ("tencent/callback-tencent", b'[{"unknown": 1}]', 403),
        ("tencent/callback-tencent", b"[" * 100_000, 403),
        ("tencent/callback-tencent", b" " * 300_000, 413),
    ],
)
def test_what_a_provider_never_says_is_refused(
    bench: SmsBench, path: str, body: bytes, status: int
) -> None:
    assert called(f"/hooks/channels/{path}", body)[0] == status
