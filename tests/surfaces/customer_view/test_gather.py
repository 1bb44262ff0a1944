"""The whole customer, as of one moment (DAT-02)."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import Account
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.states import TermState
from tenure.surfaces.customer_view.gather import NoSuchCustomer, Standpoint, customer
from tenure.surfaces.customer_view.masking import masked
from tenure.surfaces.customer_view.moment import reading
from tenure.surfaces.customer_view.shapes import CustomerView, NextRenewal, Usage
from tests.builders import (
    AS_OF,
    AT,
    a_consent,
    a_contact_point,
    a_message,
    a_node,
    a_payment,
    a_term,
    a_ticket,
    a_todo,
    an_account,
    an_answer,
    an_incident,
    at_on,
    day,
    primary_person,
)
from tests.decide.decisions.deciding import Customer, a_customer
from tests.surfaces.days import MORNING, finish_day
from tests.understand.warehouses import Warehouse

# One of them is the strategy's; whatever there is of a customer, it is asked for as often.
QUERIES = 10


def here(as_of: date | None = AS_OF) -> Standpoint:
    return Standpoint(current(), as_of, MORNING)


def seen(one: Customer, *, as_of: date | None = AS_OF) -> CustomerView:
    return customer(one.term.account_id, here(as_of))


def test_one_call_holds_everything_about_a_customer(broadband: Warehouse) -> None:
    one = a_customer(p_lapse=0.4, slow_evenings_30=11, marketing_consent=0)
    account, term = one.term.account, one.term
    a_payment(term=term, paid_on=day(-335), amount_minor=82_800)
    a_ticket(account=account, kind="billing", external_id="T-1")
    an_answer(account=account, score=3, text="太慢")
    a_todo(term=term, due_on=day(2))
    finish_day(broadband, one, tags=0b11)

    view = seen(one)

    assert view.profile.public_id == f"cus_{account.pk}"
    assert view.next_renewal == NextRenewal(
        subscription_id=term.subscription_id,
        term_id=term.pk,
        ends_on=term.ends_on,
        days_left=29,
        state="running",
        auto_renew=False,
        cycle_months=12,
        price=Money(82_800, "CNY"),
    )
    assert (view.worth.paid, view.worth.payments) == (Money(82_800, "CNY"), 1)
    assert view.health is not None
    assert (view.health.score, view.health.before, view.health.change) == (58.0, 74.0, -16.0)
    assert view.health.below_since == day(-2)
    assert view.risk is not None
    assert (view.risk.p_lapse, view.risk.band, view.risk.peers) == (0.4, 3, 1)
    assert view.risk.estimator == Sentence(zh="随机森林 2026.06.10", en="Random forest 2026.06.10")
    assert [(one.sentence.zh, one.share) for one in view.risk.reasons] == [
        ("近 30 天有 11 个晚间卡顿", 0.1)
    ]
    assert [tag.id for tag in view.tags] == list(current().tags)[:2]
    assert [one.why.action for one in view.choices] == ["care_call"]
    assert [one.external_id for one in view.open_tickets] == ["T-1"]
    assert [one.due_on for one in view.open_todos] == [day(2)]
    assert (view.moment.as_of, view.moment.read_at) == (AS_OF, MORNING)


def test_parts_of_health_are_compared_with_a_month_ago(broadband: Warehouse) -> None:
    one = a_customer()
    finish_day(broadband, one)

    view = seen(one)

    assert view.health is not None
    parts = {part.id: (part.score, part.change) for part in view.health.parts}
    assert parts["usage"] == (20.0, -16.0)
    assert parts["satisfaction"] == (None, None)
    assert view.health.history == ((day(-30), 74.0), (AS_OF, 58.0))


def test_before_the_first_day_there_are_records_and_no_scores(broadband: Warehouse) -> None:
    one = a_customer()

    view = seen(one, as_of=None)

    assert view.next_renewal is not None
    assert (view.health, view.risk, view.tags, view.choices) == (None, None, (), ())


def test_a_customer_without_anything_is_still_somebody(broadband: Warehouse) -> None:
    account = an_account(person=False, name="Nobody Ltd")

    view = customer(account.pk, here())

    assert (view.profile.name, view.profile.person_id) == ("Nobody Ltd", None)
    assert (view.next_renewal, view.contracts, view.channels) == (None, (), ())
    assert view.worth.paid == Money(0, "CNY")


def test_nobody_has_an_unknown_number(broadband: Warehouse) -> None:
    with pytest.raises(NoSuchCustomer):
        customer(424_242, here())


def test_the_term_that_ends_first_is_the_next_renewal(broadband: Warehouse) -> None:
    account = an_account()
    later = a_term(account=account, days_left=90)
    sooner = a_term(account=account, days_left=-2, state=TermState.GRACE)

    view = customer(account.pk, here())

    assert view.next_renewal is not None
    assert (view.next_renewal.term_id, view.next_renewal.days_left) == (sooner.pk, -3)
    assert view.next_renewal.days_away == 3
    assert {one.subscription_id for one in view.contracts} == {
        later.subscription_id,
        sooner.subscription_id,
    }


def test_consents_count_by_their_newest_word(broadband: Warehouse) -> None:
    account = an_account(phone="13800006027", consents=())
    person = primary_person(account)
    a_consent(person=person, channel="email", withdrawn_at=at_on(day(-3)))
    a_consent(person=person, channel="phone")
    a_consent(person=person, purpose="service", channel="email", withdrawn_at=at_on(day(-3)))

    channels = {one.channel: one for one in customer(account.pk, here()).channels}

    assert not channels["email"].marketing_is_allowed
    assert not channels["email"].service_is_allowed
    assert channels["phone"].marketing_is_allowed
    assert channels["sms"].service_is_allowed  # a telephone takes short messages too


def test_caps_count_marketing_of_the_recipients_own_days(broadband: Warehouse) -> None:
    term = a_term()
    a_message(
        term=term, state=MessageState.SENT, sent_at=MORNING - timedelta(hours=9)
    )  # 00:40 that day
    a_message(
        term=term, state=MessageState.SENT, sent_at=MORNING - timedelta(hours=10)
    )  # the day before
    a_message(term=term, state=MessageState.SENT, sent_at=MORNING, message_class="transactional")

    caps = {one.id: one for one in customer(term.account_id, here()).caps}

    assert caps["marketing_daily"] == Usage("marketing_daily", caps["marketing_daily"].name, 1, 1)
    assert (caps["marketing_weekly"].used, caps["marketing_weekly"].at_most) == (2, 3)


def test_a_fault_of_the_node_behind_a_line_is_shown(broadband: Warehouse) -> None:
    term = a_term()
    node = a_node(serves=term.subscription)
    an_incident(node=node)
    an_incident(node=node, ended_at=AT)
    an_incident()

    faults = customer(term.account_id, here()).faults

    assert [fault.title.en for fault in faults] == ["Fibre cut"]


def test_an_offer_is_seen_when_a_message_told_of_it_and_used_when_bought_at_its_price(
    broadband: Warehouse,
) -> None:
    one = a_customer(p_lapse=0.4, marketing_consent=0)
    finish_day(broadband, one)
    view = seen(one)
    decision = view.choices[0].why.decision
    assert decision is not None
    # A call gives nothing; the same row as a discount of a tenth does.
    type(decision).objects.filter(pk=decision.pk).update(price_minor=74_520)
    a_message(term=one.term, state=MessageState.SENT, decision_id=decision.pk)

    told = seen(one).offers
    term = one.term
    term.state, term.renewed_on = TermState.RENEWED, AS_OF
    term.save()
    a_term(subscription=term.subscription, starts_on=term.ends_on, price_minor=74_520)
    used = seen(one).offers

    assert view.offers == ()
    assert [(offer.price, offer.was_seen, offer.was_used) for offer in told] == [
        (Money(74_520, "CNY"), True, False)
    ]
    assert [offer.was_used for offer in used] == [True]


def test_a_masked_view_holds_no_person(broadband: Warehouse) -> None:
    """R-U-039: an analyst sees numbers, and nobody's name, address or words."""
    one = a_customer(account={"name": "欧阳静文", "phone": "13912345678"})
    account = one.term.account
    a_contact_point(
        person=primary_person(account), channel="email", address="ouyang.jingwen@example.com"
    )
    a_ticket(account=account, subject="欧阳静文家里断网")
    an_answer(account=account, text="我叫欧阳静文")
    a_message(term=one.term, state=MessageState.SENT, subject="欧阳静文，您好", body="13912345678")
    a_todo(term=one.term, owner_name="陈丽")
    finish_day(broadband, one)

    hidden = masked(seen(one))

    text = repr(replace(hidden, choices=()))
    for word in ("欧阳静文", "静文", "13912345678", "ouyang.jingwen", "断网", "陈丽"):
        assert word not in text
    assert hidden.profile.name == "欧**"
    assert hidden.profile.is_masked
    assert hidden.risk is not None


def test_the_number_of_queries_does_not_grow_with_the_customer(broadband: Warehouse) -> None:
    one = a_customer()
    finish_day(broadband, one)

    with CaptureQueriesContext(connection) as few:
        seen(one)
    for _ in range(12):
        a_ticket(account=one.term.account)
        a_todo(term=one.term)
        a_message(term=one.term, state=MessageState.SENT)
        a_term(account=one.term.account, days_left=60)
    with CaptureQueriesContext(connection) as many:
        seen(one)

    assert (len(few), len(many)) == (QUERIES, QUERIES)


def test_a_reading_sees_one_moment_and_keeps_no_writer_waiting(shared_database: str) -> None:
    """DAT-02: what is written meanwhile belongs to the next reading."""
    an_account(name="before")

    def write() -> None:
        an_account(name="meanwhile")
        connections.close_all()

    with reading():
        first = Account.objects.count()
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(timeout=10)
        was_free, still = not writer.is_alive(), Account.objects.count()

    assert (first, was_free, still, Account.objects.count()) == (1, True, 1, 2)
