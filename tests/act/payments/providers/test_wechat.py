"""R-Y-020, R-Y-021, R-Y-022, R-Y-023: WeChat Pay's orders and the traps of its notifications."""

import json
import re
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tenure.act.payments.provider import BadNotice, NotOffered, ProviderDown
from tenure.act.payments.providers.wechat import rules
from tenure.act.payments.values import About, HandOffKind, RefundStatus, Status
from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.world.gateways.delivery import Letter
from tenure.world.gateways.faults import Faults
from tenure.world.gateways.wechat import WechatGateway
from tenure.world.gateways.wechat_wire import Event
from tests.act.payments.providers.benches import Bench


def gateway_of(bench: Bench) -> WechatGateway:
    assert isinstance(bench.gateway, WechatGateway)
    return bench.gateway


def letter_of(bench: Bench, **content: Any) -> Letter:
    """A genuine notification of a payment."""
    seal = gateway_of(bench).seal
    told = {
        "appid": seal.appid,
        "mchid": seal.mchid,
        "out_trade_no": "R2026112700000000000000000001",
        "transaction_id": "4200000001",
        "trade_state": "SUCCESS",
        "amount": {"total": 9_990, "currency": "CNY"},
    }
    event = Event("event-1", "TRANSACTION.SUCCESS", "transaction", told | content, _now())
    return seal.letter(event, faults=Faults())


def _now() -> str:
    return clock.now().isoformat(timespec="seconds")


def verify(bench: Bench, letter: Letter, **headers: str | None) -> Any:
    """Check a letter, some headers replaced or (None) left out."""
    changed = {**letter.headers, **{name.replace("_", "-"): to for name, to in headers.items()}}
    kept = {name: value for name, value in changed.items() if value is not None}
    return bench.provider.verify_notification(kept, letter.body, at=clock.now())


def test_native_gives_a_code_and_h5_a_page(wechat: Bench) -> None:
    native = wechat.provider.create(wechat.charge(way="native"), at=clock.now())
    h5 = wechat.provider.create(wechat.charge(way="h5"), at=clock.now())

    assert (native.kind, h5.kind) == (HandOffKind.QR, HandOffKind.REDIRECT)
    body = wechat.gateway.calls[-1].content
    assert body["scene_info"] == {
        "payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}
    }  # fmt: skip


def test_jsapi_is_signed_for_the_browser_with_the_merchants_key(wechat: Bench) -> None:
    hand_off = wechat.provider.create(wechat.charge(way="jsapi", payer="oA1"), at=clock.now())

    fields = dict(hand_off.fields)
    signed = [fields[name] for name in ("appId", "timeStamp", "nonceStr", "package")]
    sdk = wechat.provider._line.sdk  # type: ignore[attr-defined]
    assert hand_off.kind is HandOffKind.JSAPI
    assert fields["package"].startswith("prepay_id=wx")
    assert fields["paySign"] == sdk.sign(signed)


def test_an_order_can_be_paid_for_two_hours_at_most_and_never_beyond_its_own_end(
    wechat: Bench,
) -> None:
    """R-Y-020: time_expire = min(2 h, due), RFC 3339 in Beijing."""
    at = clock.now()

    wechat.provider.create(wechat.charge(expires_at=at + timedelta(days=9)), at=at)
    wechat.provider.create(wechat.charge(expires_at=at + timedelta(minutes=9)), at=at)

    ends = [one.content["time_expire"] for one in wechat.gateway.calls]
    assert ends == [
        rules.closes_at(at + timedelta(hours=2), at=at),
        rules.closes_at(at + timedelta(minutes=9), at=at),
    ]
    assert all(one.endswith("+08:00") for one in ends)


def test_a_long_subject_is_cut_between_characters(wechat: Bench) -> None:
    wechat.provider.create(wechat.charge(subject="续" * 80), at=clock.now())

    assert wechat.gateway.calls[-1].content["description"] == "续" * 42


def test_another_currency_is_not_offered(wechat: Bench) -> None:
    with pytest.raises(NotOffered):
        wechat.provider.create(wechat.charge(amount=Money(100, "USD")), at=clock.now())

    assert wechat.gateway.calls == []


def test_a_call_is_signed_over_method_path_time_nonce_and_body(wechat: Bench) -> None:
    """R-Y-021: the five fields of the header, checked here with the merchant's public half."""
    wechat.provider.create(wechat.charge(), at=clock.now())

    call, seal = wechat.gateway.calls[-1], gateway_of(wechat).seal
    scheme, _, rest = call.headers["authorization"].partition(" ")
    said = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    signed = f"POST\n{call.target}\n{said['timestamp']}\n{said['nonce_str']}\n".encode()
    assert scheme == "WECHATPAY2-SHA256-RSA2048"
    assert set(said) == {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}
    assert said["mchid"] == seal.mchid
    assert call.target == "/v3/pay/transactions/native"
    assert abs(int(said["timestamp"]) - clock.now().timestamp()) < 60
    seal.merchant.private.public_key().verify(
        b64decode(said["signature"]), signed + call.body + b"\n", PKCS1v15(), SHA256()
    )


def test_the_gateway_refuses_a_call_that_is_signed_with_another_key(wechat: Bench) -> None:
    """R-Y-051: the fake checks the merchant as WeChat does."""
    core = wechat.provider._line.sdk._core  # type: ignore[attr-defined]
    right, core._private_key = core._private_key, gateway_of(wechat).seal.stranger.private
    try:
        with pytest.raises(Exception, match="SIGN_ERROR"):
            wechat.provider.create(wechat.charge(), at=clock.now())
    finally:
        core._private_key = right


def test_a_genuine_notification_is_read(wechat: Bench) -> None:
    notice = verify(wechat, letter_of(wechat))

    assert (notice.event_id, notice.about) == ("event-1", About.PAYMENT)
    assert (notice.status, notice.amount) == (Status.SUCCEEDED, Money(9_990, "CNY"))
    assert notice.merchant == wechat.provider.merchant


def test_header_names_may_come_in_any_case(wechat: Bench) -> None:
    letter = letter_of(wechat)
    headers = {name.upper(): value for name, value in letter.headers.items()}

    notice = wechat.provider.verify_notification(headers, letter.body, at=clock.now())

    assert notice.event_id == "event-1"


@pytest.mark.parametrize(("seconds", "is_taken"), [(299, True), (301, False), (-301, False)])
def test_a_replayed_callback_older_than_300_s_is_refused(
    wechat: Bench, seconds: int, is_taken: bool
) -> None:
    """R-Y-022: the library accepts an old replay, we do not; nor one of the future."""
    with time_machine.travel(clock.now(), tick=False):
        letter = letter_of(wechat)
        at = clock.now() + timedelta(seconds=seconds)

        if is_taken:
            wechat.provider.verify_notification(letter.headers, letter.body, at=at)
        else:
            with pytest.raises(BadNotice, match="300"):
                wechat.provider.verify_notification(letter.headers, letter.body, at=at)


@pytest.mark.parametrize("value", [None, "", "WECHATPAY2-SM2-WITH-SM3"])
def test_a_missing_or_other_signature_type_is_refused_and_does_not_crash(
    wechat: Bench, value: str | None
) -> None:
    """R-Y-022: the library raises a bare Exception here."""
    with pytest.raises(BadNotice):
        verify(wechat, letter_of(wechat), Wechatpay_Signature_Type=value)


@pytest.mark.parametrize("name", ["Timestamp", "Nonce", "Serial", "Signature"])
def test_a_notification_without_one_of_its_headers_is_refused(wechat: Bench, name: str) -> None:
    with pytest.raises(BadNotice):
        verify(wechat, letter_of(wechat), **{f"Wechatpay_{name}": None})


def test_an_unknown_serial_is_refused_before_any_outbound_call(wechat: Bench) -> None:
    """R-Y-022: the library would ask /v3/certificates."""
    with pytest.raises(BadNotice, match="serial"):
        verify(
            wechat, letter_of(wechat), Wechatpay_Serial="5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
        )

    assert wechat.gateway.calls == []


def test_a_signtest_probe_fails(wechat: Bench) -> None:
    """R-Y-022: WeChat sends false signatures to see that they are refused."""
    letter = letter_of(wechat)
    probe = "WECHATPAY/SIGNTEST/" + letter.headers["Wechatpay-Signature"]

    with pytest.raises(BadNotice, match="probe"):
        verify(wechat, letter, Wechatpay_Signature=probe)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Timestamp", "later"),
        ("Nonce", "other"),
        ("Signature", "AAAA"),
        ("Signature", "not base64"),
    ],
)
def test_a_changed_header_is_refused(wechat: Bench, name: str, value: str) -> None:
    """R-Y-022: every signed field, one by one."""
    letter = letter_of(wechat)
    if value == "later":
        value = str(int(letter.headers["Wechatpay-Timestamp"]) + 1)

    with pytest.raises(BadNotice):
        verify(wechat, letter, **{f"Wechatpay_{name}": value})


@pytest.mark.parametrize(
    "key", ["id", "create_time", "event_type", "resource_type", "summary", "resource"]
)
def test_a_changed_body_is_refused_whatever_was_changed(wechat: Bench, key: str) -> None:
    """R-Y-022: the signature is over the raw body, so every field of it is signed."""
    letter = letter_of(wechat)
    body = json.loads(letter.body)
    body[key] = "changed"

    with pytest.raises(BadNotice):
        verify(wechat, Letter(letter.headers, json.dumps(body).encode()))


def test_the_same_json_written_otherwise_is_refused(wechat: Bench) -> None:
    """R-Y-022: raw bytes, never parsed and written again."""
    letter = letter_of(wechat)
    body = json.dumps(json.loads(letter.body), separators=(",", ":")).encode()

    with pytest.raises(BadNotice):
        verify(wechat, Letter(letter.headers, body))


def test_what_was_not_encrypted_with_our_key_is_refused(wechat: Bench) -> None:
    seal, letter = gateway_of(wechat).seal, letter_of(wechat)
    body = json.loads(letter.body)
    body["resource"]["ciphertext"] = "AAAA" + body["resource"]["ciphertext"][4:]
    raw = json.dumps(body).encode()

    with pytest.raises(BadNotice):
        verify(wechat, Letter(seal.signed(raw), raw))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff\xfe", b'{"resource_type":"other"}'])
def test_a_signed_body_that_says_nothing_is_refused(wechat: Bench, body: bytes) -> None:
    seal = gateway_of(wechat).seal

    with pytest.raises(BadNotice):
        verify(wechat, Letter(seal.signed(body), body))


def test_an_event_that_is_not_ours_is_acknowledged_without_effect(wechat: Bench) -> None:
    seal = gateway_of(wechat).seal
    event = Event("event-2", "COUPON.USE", "coupon", {"mchid": seal.mchid}, _now())

    notice = verify(wechat, seal.letter(event, faults=Faults()))

    assert (notice.about, notice.number) == (About.OTHER, "")


def test_a_refund_is_told_with_its_own_number(wechat: Bench) -> None:
    charge = wechat.paid()
    wechat.hook.forget()

    wechat.provider.refund(wechat.refund(charge, 1_000), at=clock.now())
    wechat.settled()

    (notice,) = wechat.hook.notices
    assert notice.refund_number == wechat.refund(charge, 1_000).refund_number
    assert notice.refund_status is RefundStatus.SUCCEEDED
    assert notice.merchant == wechat.provider.merchant


def test_an_answer_that_wechat_did_not_sign_is_not_believed(wechat: Bench) -> None:
    seal = gateway_of(wechat).seal
    charge = wechat.charge()
    gateway_of(wechat).seal = type(seal)(
        **{name: getattr(seal, name) for name in seal.__slots__} | {"platform": seal.stranger}
    )
    try:
        with pytest.raises(ProviderDown, match="signed"):
            wechat.provider.create(charge, at=clock.now())
    finally:
        gateway_of(wechat).seal = seal


def test_the_acknowledgements_are_wechats(wechat: Bench) -> None:
    """R-Y-023: 204, or a code and a message with 5xx."""
    taken = wechat.provider.acknowledgement(is_taken=True)
    again = wechat.provider.acknowledgement(is_taken=False)

    assert (taken.status, taken.body) == (204, b"")
    assert again.status == 500
    assert json.loads(again.body)["code"] == "FAIL"


def test_the_schedule_of_redelivery_is_24_hours_and_4_minutes(wechat: Bench) -> None:
    """R-Y-023."""
    assert len(wechat.gateway.schedule_s) == 15
    assert sum(wechat.gateway.schedule_s) == 24 * 3600 + 4 * 60


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("NOTPAY", Status.PENDING),
        ("USERPAYING", Status.PENDING),
        ("SUCCESS", Status.SUCCEEDED),
        ("REFUND", Status.PARTIALLY_REFUNDED),
        ("CLOSED", Status.CLOSED),
        ("REVOKED", Status.CLOSED),
        ("PAYERROR", Status.FAILED),
        ("SOMETHING_NEW", Status.UNKNOWN),
    ],
)
def test_the_states_are_mapped(state: str, status: Status) -> None:
    """R-Y-011."""
    assert rules.found_from({"trade_state": state}).status is status
