"""R-A-053, R-A-055: what a European consumer is told and asked before paying."""

import hashlib
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tenure.act.messages.actions import dispatch
from tenure.act.payments import registry
from tenure.act.payments.actions import poll_due, run_effects
from tenure.act.self_service.declaring import may_withdraw
from tenure.kernel.clock import now
from tenure.loop.reactions import react
from tenure.records.billing.mandates.models import AutoRenewConsent
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.cancellations.models import WithdrawalWaiver
from tenure.records.catalog.models import PlanVersion, Price
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Person
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tests.act.posts import Postbag
from tests.surfaces.portal.customers import ENGLISH, a_customer, signed_in
from tests.surfaces.portal.test_renewing import confirm, page_of, pay

if TYPE_CHECKING:
    from tests.act.payments.memory import MemoryProvider


@pytest.fixture
def wechat(broadband: object) -> "Iterator[MemoryProvider]":
    from tests.act.payments.memory import MemoryProvider

    provider = MemoryProvider("wechat")
    with registry.standing_in(provider):
        yield provider


@pytest.fixture
def term(wechat: object) -> Term:
    """Somebody in France whose contract ends in 22 days."""
    found = a_customer(external_id="FR-1")
    type(found.account).objects.filter(pk=found.account_id).update(country="FR")
    return found


def sells_digital_content() -> None:
    from tenure.records.strategies.actions import apply_strategy
    from tenure.strategy.loading import build, preset

    document: dict[str, Any] = deepcopy(dict(preset("broadband").document))
    products = document["files"]["obligations.toml"]["product"]
    for one in products:
        one["class"] = "digital_content"
    apply_strategy(build(document), by="test", at=now())


def box(page: str) -> str | None:
    found = re.search(r'<input type="checkbox"[^>]*name="waive"[^>]*>', page)
    return found.group() if found else None


def test_a_service_asks_for_no_waiver_and_digital_content_does_unticked(term: Term) -> None:
    """R-A-053, R-A-012: its own control, never ticked beforehand."""
    client = signed_in(term, headers=ENGLISH)

    before = page_of(client, term)
    sells_digital_content()
    page = page_of(client, term)

    assert box(before) is None
    control = box(page)
    assert control is not None
    assert "checked" not in control
    assert "I lose the right to withdraw once it is" in page
    assert "within 14 days and get everything back" in page


def bought(term: Term, wechat: "MemoryProvider", **more: str) -> Term:
    """The term that the customer renewed into."""
    confirm(signed_in(term, headers=ENGLISH), term, **more)
    return paid(wechat)


def paid(wechat: "MemoryProvider") -> Term:
    """The money of the order came in, and what it bought was given."""
    pay(wechat)
    payment = Payment.objects.get(order__isnull=False, superseded_at=None)
    at = now() + timedelta(seconds=6)
    poll_due(at=at, by="test")
    run_effects(at=at, by="test")
    payment.refresh_from_db()
    assert payment.term_id is not None
    return Term.objects.get(pk=payment.term_id)


def test_with_the_tick_the_right_is_given_up_and_its_words_are_kept(
    term: Term, wechat: "MemoryProvider"
) -> None:
    """R-A-053: prior express consent and acknowledgement, kept word for word with the order."""
    sells_digital_content()

    renewed = bought(term, wechat, waive="yes")

    waiver = WithdrawalWaiver.objects.get()
    assert waiver.order == Order.objects.get()
    assert waiver.disclosure_sha256 == hashlib.sha256(waiver.disclosure.encode()).hexdigest()
    assert any(stamp.startswith("eu@") for stamp in waiver.stamps)
    assert Entry.objects.filter(kind="withdrawal.waived").count() == 1
    assert may_withdraw(renewed, on=now().date()) is False


def test_the_waiver_is_confirmed_by_a_mail_to_keep_once_the_order_is_given(
    term: Term, wechat: "MemoryProvider"
) -> None:
    """R-A-053: consent and acknowledgement on a durable medium, word for word, once."""
    sells_digital_content()
    confirm(signed_in(term, headers=ENGLISH), term, waive="yes")
    react(at=now())
    unpaid = Message.objects.filter(template="waiver_confirmed").count()

    paid(wechat)
    post = Postbag()
    for _ in range(2):
        react(at=now())
        dispatch(at=now(), post=post)

    message = Message.objects.get(template="waiver_confirmed")
    waiver = WithdrawalWaiver.objects.get()
    assert unpaid == 0
    assert (message.state, message.message_class) == ("sent", "legal_notice")
    assert waiver.disclosure in message.body
    assert Order.objects.get().public_id in message.subject
    assert [one.subject for one in post.letters].count(message.subject) == 1


def test_without_it_one_can_pay_and_withdraw(term: Term, wechat: "MemoryProvider") -> None:
    sells_digital_content()

    renewed = bought(term, wechat)

    assert WithdrawalWaiver.objects.count() == 0
    assert may_withdraw(renewed, on=now().date()) is True


def test_a_tick_that_was_not_asked_for_is_nothing(term: Term, wechat: "MemoryProvider") -> None:
    """A hostile form: what is sold is a service, so nothing can be given up."""
    bought(term, wechat, waive="yes")

    assert WithdrawalWaiver.objects.count() == 0


def test_a_minor_is_offered_no_automatic_renewal_and_a_form_that_has_it_agrees_to_none(
    term: Term, wechat: "MemoryProvider"
) -> None:
    """R-P-012: one can renew by hand; a hostile form brings no consent."""
    Person.objects.filter(account_id=term.account_id).update(is_minor=True)

    page = page_of(signed_in(term, headers=ENGLISH), term)
    answer = confirm(signed_in(term, headers=ENGLISH), term, auto="yes")

    assert 'name="auto"' not in page
    assert answer.status_code == 302
    assert Order.objects.count() == 1
    assert AutoRenewConsent.objects.count() == 0


def percents(page: str) -> dict[str, str]:
    labels = re.findall(r'<label class="tn-opt" for="m(\d+)">(.*?)</label>', page, re.S)
    found = {}
    for months, text in labels:
        off = re.search(r'data-off="(\d+)"', text)
        if off:
            found[months] = off[1]
    return found


def raised_a_week_ago(term: Term, *, share: int) -> None:
    """The plan has cost so many per cent more for a week."""
    old = term.plan_version
    dearer = PlanVersion.objects.create(
        plan=old.plan,
        version=old.version + 1,
        effective_on=now().date() - timedelta(days=7),
        cost_minor_per_month=old.cost_minor_per_month,
    )
    for one in Price.objects.filter(plan_version=old):
        Price.objects.create(
            plan_version=dearer,
            cycle_months=one.cycle_months,
            amount_minor=one.amount_minor * (100 + share) // 100,
            currency=one.currency,
        )


def test_a_badge_counts_from_the_lowest_price_of_thirty_days(term: Term) -> None:
    """R-A-055: a price that was raised by a quarter a week ago makes no greater reduction."""
    client = signed_in(term, headers=ENGLISH)

    before = percents(page_of(client, term))
    raised_a_week_ago(term, share=25)
    in_france = page_of(client, term)
    type(term.account).objects.filter(pk=term.account_id).update(country="CN")
    in_china = percents(page_of(client, term))

    assert before["24"] == in_china["24"] != "0"
    assert "24" not in percents(in_france)
    assert "lowest price of the last 30 days" in in_france
