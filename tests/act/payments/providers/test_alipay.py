"""R-Y-030 to R-Y-037: Alipay's trades and mandates, and the traps of its library."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine

from tenure.act.payments.provider import BadNotice, ProviderDown, ProviderRefused
from tenure.act.payments.providers.alipay import rules
from tenure.act.payments.values import (
    About,
    HandOffKind,
    Notice,
    Status,
)
from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.world.gateways.alipay import AlipayGateway
from tenure.world.gateways.alipay_wire import joined
from tenure.world.gateways.delivery import Letter, post
from tenure.world.gateways.faults import Faults
from tenure.world.gateways.serving import Answer, Request
from tests.act.payments.providers.benches import Bench


def gateway_of(bench: Bench) -> AlipayGateway:
    assert isinstance(bench.gateway, AlipayGateway)
    return bench.gateway


def visit(bench: Bench, url: str) -> None:
    """Follow a signed address to the gateway, as a browser does."""
    answer = bench.gateway._answer(request_of(url))
    assert answer.status == 302


def request_of(url: str) -> Request:
    parts = urlsplit(url)
    return Request("GET", f"{parts.path}?{parts.query}", {}, b"")


def fields_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


FIELDS = {
    "notify_id": "n-1",
    "notify_type": "trade_status_sync",
    "out_trade_no": "R2026112700000000000000000001",
    "trade_no": "2026112722001",
    "trade_status": "TRADE_SUCCESS",
    "total_amount": "99.90",
    "gmt_payment": "2026-11-27 12:00:00",
    "subject": "家庭宽带 & 12 个月",
}


def letter_of(bench: Bench, **changed: str) -> Letter:
    """A genuine notification of a payment."""
    seal = gateway_of(bench).seal
    names = {"app_id": seal.app_id, "seller_id": seal.seller_id}
    return seal.letter({**FIELDS, **names, **changed}, faults=Faults())


def verify(bench: Bench, body: bytes) -> Notice:
    return bench.provider.verify_notification({}, body, at=clock.now())


@pytest.mark.parametrize(
    ("way", "product"), [("page", "FAST_INSTANT_TRADE_PAY"), ("wap", "QUICK_WAP_PAY")]
)
def test_page_and_wap_are_signed_addresses(alipay: Bench, way: str, product: str) -> None:
    """R-Y-030, R-Y-031: nothing is called; the browser carries the order."""
    charge = alipay.charge(way=way)

    hand_off = alipay.provider.create(charge, at=clock.now())
    called = len(alipay.gateway.calls)
    visit(alipay, hand_off.url)

    assert (hand_off.kind, called) == (HandOffKind.REDIRECT, 0)
    assert product in fields_of(hand_off.url)["biz_content"]
    assert '"total_amount":"99.90"' in fields_of(hand_off.url)["biz_content"]
    assert alipay.deal.return_url == charge.return_url


def test_a_page_whose_address_was_changed_takes_no_order(alipay: Bench) -> None:
    charge = alipay.charge(way="page")
    url = alipay.provider.create(charge, at=clock.now()).url

    answer = alipay.gateway._answer(request_of(url.replace("99.90", "09.90")))

    assert b"isv.invalid-signature" in answer.body
    assert charge.number not in alipay.gateway.book.deals


def test_before_the_customer_comes_a_trade_is_pending_and_not_known(alipay: Bench) -> None:
    charge = alipay.charge()
    alipay.provider.create(charge, at=clock.now())

    before = alipay.provider.query(charge.number, at=clock.now())
    alipay.gateway.visit(charge.number)
    after = alipay.provider.query(charge.number, at=clock.now())

    assert (before.status, before.is_known) == (Status.PENDING, False)
    assert (after.status, after.is_known) == (Status.PENDING, True)


def test_the_time_that_is_stamped_is_beijings_where_the_machine_has_utc(
    alipay: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-Y-037: the library stamps the machine's naive local time."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    try:
        with time_machine.travel(datetime(2026, 11, 27, 20, 0, tzinfo=UTC)):
            alipay.provider.create(alipay.charge(), at=clock.now())
    finally:
        monkeypatch.undo()
        time.tzset()

    assert alipay.gateway.calls[-1].query["timestamp"] == "2026-11-28 04:00:00"


def test_the_gateway_refuses_a_time_that_is_not_beijings(alipay: Bench) -> None:
    """R-Y-051: what would happen without R-Y-037."""
    with pytest.raises(ProviderRefused, match="invalid-timestamp"):
        alipay.provider.query("R1", at=clock.now() - timedelta(hours=8))


def test_an_answer_is_verified_over_its_exact_text(
    alipay: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-Y-031: the signature covers characters; the same JSON written otherwise does not hold."""
    charge = alipay.paid()
    right = alipay.gateway.called

    def respaced(request: Any) -> Answer:
        answer = right(request)
        return Answer(answer.status, answer.body.replace(b", ", b",", 1))

    assert alipay.provider.query(charge.number, at=clock.now()).status is Status.SUCCEEDED
    monkeypatch.setattr(alipay.gateway, "called", respaced)
    with pytest.raises(ProviderDown, match="signed"):
        alipay.provider.query(charge.number, at=clock.now())


def test_an_answer_that_was_changed_is_not_believed(
    alipay: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge = alipay.charge()
    alipay.provider.create(charge, at=clock.now())
    alipay.gateway.visit(charge.number)
    right = alipay.gateway.called

    def paid(request: Any) -> Answer:
        answer = right(request)
        return Answer(200, answer.body.replace(b"WAIT_BUYER_PAY", b"TRADE_SUCCESS"))

    monkeypatch.setattr(alipay.gateway, "called", paid)

    with pytest.raises(ProviderDown, match="signed"):
        alipay.provider.query(charge.number, at=clock.now())


def test_a_genuine_notification_is_read(alipay: Bench) -> None:
    notice = verify(alipay, letter_of(alipay).body)

    assert (notice.event_id, notice.about) == ("n-1", About.PAYMENT)
    assert (notice.status, notice.amount) == (Status.SUCCEEDED, Money(9_990, "CNY"))
    assert notice.merchant == alipay.provider.merchant


@pytest.mark.parametrize(
    "name",
    [*FIELDS, "app_id", "seller_id", "notify_time", "sign"],
)
def test_every_signed_field_is_held_against_its_signature(alipay: Bench, name: str) -> None:
    """R-Y-032: one field changed, and one left out."""
    fields = dict(parse_qsl(letter_of(alipay).body.decode()))
    changed = urlencode({**fields, name: "1" + fields[name]}).encode()
    without = urlencode({key: value for key, value in fields.items() if key != name}).encode()

    for body in (changed, without):
        with pytest.raises(BadNotice):
            verify(alipay, body)


def test_a_field_that_was_added_is_refused(alipay: Bench) -> None:
    with pytest.raises(BadNotice):
        verify(alipay, letter_of(alipay).body + b"&refund_fee=99.90")


@pytest.mark.parametrize("sign_type", ["RSA", "MD5", "", None])
def test_a_signature_type_other_than_rsa2_is_refused_before_any_key(
    alipay: Bench, monkeypatch: pytest.MonkeyPatch, sign_type: str | None
) -> None:
    """R-Y-032: no downgrade."""
    fields = dict(parse_qsl(letter_of(alipay).body.decode()))
    del fields["sign_type"]
    if sign_type is not None:
        fields["sign_type"] = sign_type
    verified: list[object] = []
    sdk = alipay.provider._line.sdk  # type: ignore[attr-defined]
    monkeypatch.setattr(sdk, "verify", lambda *found: verified.append(found))

    with pytest.raises(BadNotice, match="RSA2"):
        verify(alipay, urlencode(fields).encode())

    assert verified == []


def test_the_library_takes_fields_out_and_we_keep_ours(alipay: Bench) -> None:
    """§3.6: verify() mutates what it is given; the notice is read from what came."""
    body = letter_of(alipay).body

    assert verify(alipay, body) == verify(alipay, body)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"no form at all", b"sign_type=RSA2"])
def test_a_body_that_is_no_notification_is_refused(alipay: Bench, body: bytes) -> None:
    with pytest.raises(BadNotice):
        verify(alipay, body)


def test_the_acknowledgement_is_exactly_success(alipay: Bench) -> None:
    """R-Y-032: seven bytes."""
    taken = alipay.provider.acknowledgement(is_taken=True)

    assert (taken.status, taken.body, len(taken.body)) == (200, b"success", 7)
    assert alipay.provider.acknowledgement(is_taken=False).body != b"success"


def test_the_schedule_is_eight_deliveries_in_25_hours(alipay: Bench) -> None:
    """R-Y-033: 4 m, 10 m, 10 m, 1 h, 2 h, 6 h, 15 h; the notify_id stays."""
    assert len(alipay.gateway.schedule_s) + 1 == 8
    assert sum(alipay.gateway.schedule_s) < 25 * 3600


def test_a_partial_refund_is_told_as_a_refund_and_not_as_a_payment(alipay: Bench) -> None:
    """A notice of a refund repeats TRADE_SUCCESS and the whole amount."""
    body = letter_of(alipay, refund_fee="10.00", out_biz_no="F1").body

    notice = verify(alipay, body)

    assert (notice.about, notice.refund_number) == (About.REFUND, "F1")


def test_a_trade_that_closed_after_it_was_paid_was_refunded(alipay: Bench) -> None:
    """R-Y-011."""
    charge = alipay.paid()

    alipay.provider.refund(alipay.refund(charge, 9_990), at=clock.now())

    assert alipay.provider.query(charge.number, at=clock.now()).status is Status.REFUNDED


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"trade_status": "WAIT_BUYER_PAY"}, Status.PENDING),
        ({"trade_status": "TRADE_SUCCESS"}, Status.SUCCEEDED),
        ({"trade_status": "TRADE_FINISHED"}, Status.SUCCEEDED),
        ({"trade_status": "TRADE_CLOSED"}, Status.CLOSED),
        ({"trade_status": "NEW"}, Status.UNKNOWN),
    ],
)
def test_the_states_are_mapped(told: dict[str, str], status: Status) -> None:
    """R-Y-011."""
    assert rules.state_of(told) is status


def test_the_text_that_is_signed_is_sorted_by_name() -> None:
    assert joined({"b": "2", "a": "1"}) == b"a=1&b=2"


def test_a_hook_that_nobody_answers_is_no_answer() -> None:
    assert post("http://127.0.0.1:9/", headers={}, body=b"") == (0, b"")
