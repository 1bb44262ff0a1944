"""R-Y-046: UnionPay's form gateway, its certificates and its codes."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from tenure.act.payments.provider import BadNotice, NotOffered, ProviderDown, ProviderRefused
from tenure.act.payments.providers.unionpay.provider import _status_of
from tenure.act.payments.providers.unionpay.wire import digest_of
from tenure.act.payments.values import HandOffKind, Notice, Status
from tenure.kernel import clock
from tenure.world.gateways.keys import key_pair
from tenure.world.gateways.unionpay import SIGNER, UnionpayGateway, certificate
from tests.act.payments.providers.benches import Bench


def gateway_of(bench: Bench) -> UnionpayGateway:
    assert isinstance(bench.gateway, UnionpayGateway)
    return bench.gateway


def fields_of(bench: Bench) -> dict[str, str]:
    """A genuine notification of a payment."""
    gateway = gateway_of(bench)
    told = {
        "merId": gateway.merchant_id,
        "orderId": "R2026112700000000000000000001",
        "txnTime": "20261127120000",
        "txnType": "01",
        "txnAmt": "9990",
        "currencyCode": "156",
        "queryId": "261127120000123456789",
        "respCode": "00",
    }
    return dict(parse_qsl(gateway._letter(told).body.decode()))


def verify(bench: Bench, fields: dict[str, str], *, days: int = 0) -> Notice:
    at = clock.now() + timedelta(days=days)
    return bench.provider.verify_notification({}, urlencode(fields).encode(), at=at)


def test_the_browser_carries_a_signed_form(unionpay: Bench) -> None:
    charge = unionpay.charge()

    hand_off = unionpay.provider.create(charge, at=clock.now())

    fields = hand_off.fields
    assert hand_off.kind is HandOffKind.FORM
    assert (fields["version"], fields["signMethod"]) == ("5.1.0", "01")
    assert (fields["txnAmt"], fields["currencyCode"]) == ("9990", "156")
    assert hand_off.provider_id == fields["txnTime"]


def test_a_form_that_was_changed_takes_no_order(unionpay: Bench) -> None:
    charge = unionpay.charge()
    fields = dict(unionpay.provider.create(charge, at=clock.now()).fields)

    assert gateway_of(unionpay)._fault_of(fields) is False
    assert gateway_of(unionpay)._fault_of(fields | {"txnAmt": "1"}) is True


def test_a_genuine_notification_is_read(unionpay: Bench) -> None:
    notice = verify(unionpay, fields_of(unionpay))

    assert (notice.number, notice.status) == ("R2026112700000000000000000001", Status.SUCCEEDED)
    assert notice.merchant == unionpay.provider.merchant


@pytest.mark.parametrize(
    "name",
    ["merId", "orderId", "txnTime", "txnType", "txnAmt", "currencyCode", "queryId", "respCode",
     "version", "encoding", "signature", "signMethod", "signPubKeyCert"],
)  # fmt: skip
def test_every_signed_field_is_held_against_its_signature(unionpay: Bench, name: str) -> None:
    fields = fields_of(unionpay)

    for changed in (
        fields | {name: "1" + fields[name]},
        {key: value for key, value in fields.items() if key != name},
    ):
        with pytest.raises(BadNotice):
            verify(unionpay, changed)


@pytest.mark.parametrize("case", ["another authority", "another name", "its own issuer"])
def test_a_certificate_is_trusted_by_its_issuer_and_its_name(unionpay: Bench, case: str) -> None:
    """R-Y-046: chain and subject (中国银联) before the signature."""
    gateway, key, authority = gateway_of(unionpay), key_pair(), key_pair()
    right = gateway.certificate
    if case == "another authority":
        root = certificate("UnionPay Test CA", key=authority, issuer=authority)
        forged = certificate(f"041@Z12@{SIGNER}@1", key=key, issuer=authority, by=root)
    elif case == "another name":
        forged = certificate("041@Z12@another company@1", key=key, issuer=authority)
    else:
        forged = certificate(f"041@Z12@{SIGNER}@1", key=key, issuer=key)
    gateway.certificate, gateway.platform, before = forged, key, gateway.platform
    try:
        fields = fields_of(unionpay)
    finally:
        gateway.certificate, gateway.platform = right, before

    with pytest.raises(BadNotice, match="certificate"):
        verify(unionpay, fields)


def test_a_certificate_that_has_run_out_is_not_trusted(unionpay: Bench) -> None:
    with pytest.raises(BadNotice, match="certificate"):
        verify(unionpay, fields_of(unionpay), days=400)


@pytest.mark.parametrize("method", ["11", "12", ""])
def test_a_weaker_method_is_refused(unionpay: Bench, method: str) -> None:
    with pytest.raises(BadNotice, match="RSA"):
        verify(unionpay, fields_of(unionpay) | {"signMethod": method})


def test_an_answer_that_unionpay_did_not_sign_is_not_believed(unionpay: Bench) -> None:
    charge = unionpay.paid()
    gateway = gateway_of(unionpay)
    right, gateway.platform = gateway.platform, gateway.stranger
    try:
        with pytest.raises(ProviderDown, match="signature"):
            unionpay.query(charge.number)
    finally:
        gateway.platform = right


def test_an_order_cannot_be_closed_but_runs_out(unionpay: Bench) -> None:
    """What is paid after all is a late success (R-Y-008)."""
    charge = unionpay.charge()
    unionpay.open(charge)

    unionpay.close(charge.number)
    unionpay.gateway.pay(charge.number)

    assert unionpay.query(charge.number).status is Status.SUCCEEDED
    with pytest.raises(ProviderRefused):
        unionpay.close(charge.number)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("00", Status.SUCCEEDED),
        ("03", Status.UNKNOWN),
        ("04", Status.UNKNOWN),
        ("05", Status.UNKNOWN),
        ("51", Status.FAILED),
        ("99", Status.FAILED),
    ],
)
def test_the_codes_are_mapped(code: str, status: Status) -> None:
    """R-Y-011."""
    assert _status_of(code) is status


def test_what_is_signed_is_the_digest_of_the_sorted_fields_as_text() -> None:
    """The SHA-256 of "a=1&b=2", in hexadecimal; computed by sha256sum."""
    known = b"8e85be58c1c372ac29fe7bfa80d8ddcbd04a4032c7b51c1c026d67c55b1ab23f"

    assert digest_of({"b": "2", "a": "1"}) == known
    assert digest_of({"b": "2", "a": "1", "empty": ""}) == known


@pytest.mark.parametrize("verb", ["sign_agreement", "pre_notify"])
def test_what_unionpay_does_not_offer_here_is_said(unionpay: Bench, verb: str) -> None:
    asked: Any = getattr(unionpay.provider, verb)

    with pytest.raises(NotOffered):
        asked(None, at=clock.now())
