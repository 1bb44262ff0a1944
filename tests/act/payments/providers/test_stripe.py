"""R-Y-040 to R-Y-045: cards through Stripe, present and absent."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest
import stripe
import time_machine

from tenure.act.payments.configuration import StripeAccount
from tenure.act.payments.provider import BadNotice, NotOffered
from tenure.act.payments.providers.stripe_card import StripeCard
from tenure.act.payments.values import (
    CUSTOMER_ACTION,
    About,
    AgreementStatus,
    HandOffKind,
    Notice,
    Status,
)
from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.world.gateways.delivery import Letter
from tenure.world.gateways.faults import Fault, Faults
from tenure.world.gateways.stripe import StripeGateway
from tenure.world.gateways.stripe_wire import letter
from tests.act.payments.providers.benches import Bench
from tests.act.payments.providers.test_wechat_mandates import a_deduction, a_request


def gateway_of(bench: Bench) -> StripeGateway:
    assert isinstance(bench.gateway, StripeGateway)
    return bench.gateway


EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "checkout.session.completed",
    "created": 1_795_809_600,
    "data": {
        "object": {
            "id": "cs_1",
            "object": "checkout.session",
            "mode": "payment",
            "status": "complete",
            "payment_status": "paid",
            "client_reference_id": "R2026112700000000000000000001",
            "payment_intent": "pi_1",
            "amount_total": 9_990,
            "currency": "cny",
        }
    },
}


def letter_of(bench: Bench, **changed: Any) -> Letter:
    secret = gateway_of(bench).webhook_secret
    return letter(EVENT | changed, secret=secret, faults=Faults())


def verify(bench: Bench, sent: Letter, *, seconds: int = 0) -> Notice:
    at = clock.now() + timedelta(seconds=seconds)
    return bench.provider.verify_notification(sent.headers, sent.body, at=at)


def test_the_customer_pays_on_stripes_own_page(card: Bench) -> None:
    """R-Y-048: no card number comes here."""
    hand_off = card.provider.create(card.charge(), at=clock.now())

    assert hand_off.kind is HandOffKind.REDIRECT
    assert hand_off.provider_id.startswith("cs_")


def test_a_payment_is_found_by_its_session_by_its_intent_and_by_its_number(card: Bench) -> None:
    charge = card.charge()
    session = card.provider.create(charge, at=clock.now()).provider_id

    opened = card.provider.query(charge.number, at=clock.now())
    card.gateway.pay(charge.number)
    by_session = card.provider.query(charge.number, at=clock.now(), provider_id=session)
    intent = by_session.provider_id
    by_intent = card.provider.query(charge.number, at=clock.now(), provider_id=intent)
    by_number = card.provider.query(charge.number, at=clock.now())

    assert (opened.status, opened.provider_id) == (Status.PENDING, session)
    assert intent.startswith("pi_")
    assert by_session == by_intent == by_number


def test_a_broken_line_is_tried_again_with_the_same_key(card: Bench) -> None:
    """R-Y-042: the library repeats, and Stripe answers what it answered before."""
    card.gateway.faults.arm(Fault.DROP_ANSWER)

    hand_off = card.provider.create(card.charge(), at=clock.now())

    keys = [one.headers["idempotency-key"] for one in card.gateway.calls]
    assert keys == [card.numbers[-1]] * 2
    assert hand_off.provider_id == card.deal.noted["session"]


def test_the_same_key_with_another_amount_is_refused(card: Bench) -> None:
    """R-Y-042, R-Y-003: a changed amount gets a new number."""
    charge = card.charge()
    card.provider.create(charge, at=clock.now())
    other = card.charge(number=charge.number, amount=Money(1, "CNY"))

    with pytest.raises(Exception, match="IdempotencyError"):
        card.provider.create(other, at=clock.now())

    assert card.gateway.book.deals[charge.number].amount_minor == 9_990


def test_the_librarys_version_is_pinned_in_each_call(card: Bench) -> None:
    """R-Y-043."""
    card.provider.create(card.charge(), at=clock.now())

    assert card.gateway.calls[-1].headers["stripe-version"] == "2026-10-28.endive"


@pytest.mark.parametrize("currency", ["ISK", "UGX"])
def test_currencies_that_stripe_counts_otherwise_are_not_offered(
    card: Bench, currency: str
) -> None:
    with pytest.raises(NotOffered):
        card.provider.create(card.charge(amount=Money(1_000, currency)), at=clock.now())


def test_yen_have_no_hundredths(card: Bench) -> None:
    """R-Y-001: zero-decimal aware."""
    charge = card.paid(amount=Money(1_200, "JPY"))

    assert card.provider.query(charge.number, at=clock.now()).amount == Money(1_200, "JPY")


@pytest.mark.parametrize(("seconds", "is_taken"), [(299, True), (301, False), (-301, False)])
def test_a_webhook_is_good_for_300_seconds(card: Bench, seconds: int, is_taken: bool) -> None:
    """R-Y-041."""
    with time_machine.travel(clock.now(), tick=False):
        sent = letter_of(card)

        if is_taken:
            assert verify(card, sent, seconds=seconds).event_id == "evt_1"
        else:
            with pytest.raises(BadNotice, match="300"):
                verify(card, sent, seconds=seconds)


@pytest.mark.parametrize(
    "header",
    ["", "t=1", "v1=00", "t=soon,v1=00", "t=1,v0=00", "nonsense"],
)
def test_a_header_that_is_no_signature_is_refused(card: Bench, header: str) -> None:
    with pytest.raises(BadNotice):
        verify(card, Letter({"Stripe-Signature": header}, letter_of(card).body))


def test_a_changed_body_or_time_is_refused(card: Bench) -> None:
    """R-Y-041: HMAC over `t.payload`."""
    sent = letter_of(card)
    header = sent.headers["Stripe-Signature"]
    stamp = int(header[2:].partition(",")[0])
    later = header.replace(str(stamp), str(stamp + 1))

    for changed in (
        Letter(sent.headers, sent.body.replace(b"9990", b"1")),
        Letter(sent.headers, sent.body + b" "),
        Letter({"Stripe-Signature": later}, sent.body),
    ):
        with pytest.raises(BadNotice):
            verify(card, changed)


def test_several_secrets_stand_beside_each_other_while_they_are_rotated(card: Bench) -> None:
    """R-Y-041."""
    gateway = gateway_of(card)
    account = StripeAccount(
        account_id=gateway.account_id,
        secret_key=gateway.secret_key,
        webhook_secrets=f"whsec_new, {gateway.webhook_secret}",
        gateway=gateway.address,
    )
    sent = letter_of(card)

    notice = StripeCard(account).verify_notification(sent.headers, sent.body, at=clock.now())

    assert notice.event_id == "evt_1"


@pytest.mark.parametrize("body", [b"[]", b"{}", b"not json", b'{"id":"evt_1"}'])
def test_a_signed_body_that_is_no_event_is_refused(card: Bench, body: bytes) -> None:
    stamp = int(clock.now().timestamp())
    secret = gateway_of(card).webhook_secret.encode()
    digest = hmac.new(secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()

    with pytest.raises(BadNotice):
        verify(card, Letter({"Stripe-Signature": f"t={stamp},v1={digest}"}, body))


def test_an_event_that_is_not_ours_is_acknowledged_without_effect(card: Bench) -> None:
    sent = letter_of(card, type="customer.created", data={"object": {"object": "customer"}})

    notice = verify(card, sent)

    assert (notice.about, notice.number) == (About.OTHER, "")
    assert card.provider.acknowledgement(is_taken=True).status == 200


# With nobody present


def signed(bench: Bench) -> str:
    request = a_request(bench)
    bench.provider.sign_agreement(request, at=clock.now())
    bench.gateway.sign(request.number)
    bench.settled()
    return bench.provider.query_agreement(request.number, at=clock.now()).agreement_id


def test_a_card_is_kept_by_a_session_and_told(card: Bench) -> None:
    request = a_request(card)

    card.provider.sign_agreement(request, at=clock.now())
    before = card.provider.query_agreement(request.number, at=clock.now())
    card.gateway.sign(request.number)
    card.settled()
    after = card.provider.query_agreement(request.number, at=clock.now())

    assert (before.status, after.status) == (AgreementStatus.PENDING, AgreementStatus.ACTIVE)
    (notice,) = card.hook.notices
    assert (notice.about, notice.number) == (About.AGREEMENT, request.number)
    assert notice.agreement_id == after.agreement_id != ""


def test_a_kept_card_is_charged_once_however_often_it_is_asked(card: Bench) -> None:
    """R-Y-042: the number of the attempt is the key."""
    charge = a_deduction(card, signed(card))
    card.hook.forget()

    first = card.provider.charge_agreement(charge, at=clock.now())
    again = card.provider.charge_agreement(charge, at=clock.now())
    card.settled()

    assert (first.status, first.amount) == (Status.SUCCEEDED, charge.amount)
    assert again.provider_id == first.provider_id
    assert [one.number for one in card.hook.notices] == [charge.number]


def test_a_card_that_asks_for_its_owner_is_for_the_customer_and_not_for_a_retry(
    card: Bench,
) -> None:
    """R-Y-045: requires_action or authentication_required → a payment link."""
    charge = a_deduction(card, signed(card))
    gateway_of(card).declines.append(CUSTOMER_ACTION)

    found = card.provider.charge_agreement(charge, at=clock.now())
    asked = card.provider.query(charge.number, at=clock.now())

    assert (found.status, found.needs_customer) == (Status.FAILED, True)
    assert asked.status is Status.FAILED
    assert asked.needs_customer


@pytest.mark.parametrize("reason", ["insufficient_funds", "expired_card", "stolen_card"])
def test_a_declined_card_says_why(card: Bench, reason: str) -> None:
    """R-Y-047 classifies by these words."""
    charge = a_deduction(card, signed(card))
    gateway_of(card).declines.append(reason)

    found = card.provider.charge_agreement(charge, at=clock.now())
    card.settled()

    assert (found.status, found.decline_code) == (Status.FAILED, reason)
    assert card.hook.notices[-1].decline_code == reason
    assert card.hook.notices[-1].status is Status.FAILED


def test_a_charge_without_an_answer_is_unknown_and_found_by_asking(card: Bench) -> None:
    """R-Y-012."""
    agreement_id = signed(card)
    charge = a_deduction(card, agreement_id)
    right = gateway_of(card)._charged

    def charged_and_lost(wish: dict[str, Any]) -> Any:
        card.gateway.faults.arm(Fault.DROP_ANSWER, times=3)
        return right(wish)

    gateway_of(card)._charged = charged_and_lost  # type: ignore[method-assign]
    try:
        tried = card.provider.charge_agreement(charge, at=clock.now())
    finally:
        gateway_of(card)._charged = right  # type: ignore[method-assign]
    found = card.provider.query(charge.number, at=clock.now())

    assert (tried.status, found.status) == (Status.UNKNOWN, Status.SUCCEEDED)


def test_a_card_that_was_let_go_is_not_charged(card: Bench) -> None:
    agreement_id = signed(card)

    for _ in range(2):
        card.provider.terminate_agreement("", at=clock.now(), agreement_id=agreement_id)
    found = card.provider.query_agreement("", at=clock.now(), agreement_id=agreement_id)
    charged = card.provider.charge_agreement(a_deduction(card, agreement_id), at=clock.now())

    assert found.status is AgreementStatus.ENDED
    assert charged.status is Status.FAILED


def test_refunds_show_on_the_payment(card: Bench) -> None:
    charge = card.paid()

    card.provider.refund(card.refund(charge, 90), at=clock.now())
    part = card.provider.query(charge.number, at=clock.now()).status
    card.provider.refund(card.refund(charge, 9_900), at=clock.now())
    whole = card.provider.query(charge.number, at=clock.now()).status

    assert (part, whole) == (Status.PARTIALLY_REFUNDED, Status.REFUNDED)


def test_nothing_of_the_library_is_global(card: Bench) -> None:
    """§3.6: the old style keeps a key for the whole process."""
    card.paid()

    assert stripe.api_key is None
