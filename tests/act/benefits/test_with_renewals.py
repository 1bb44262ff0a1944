"""OFR-03, OFR-17, OFR-18, WIN-01: what a paid term brings, once, and what ends with it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tenure.act.benefits.trials import start_trial
from tenure.act.messages.own import template_of
from tenure.act.messages.presents import gift_slots
from tenure.act.payments.actions import (
    approve_refund,
    open_attempt,
    order_renewal,
    refund_due,
    request_refund,
    run_effects,
)
from tenure.decide.benefits.rules import CannotTry
from tenure.kernel.failures import Sentence
from tenure.loop.nightly import STAGES, Day
from tenure.loop.reactions import react
from tenure.loop.takings import look_after_money
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import RefundEffect, RefundReason
from tenure.records.catalog.models import PlanVersion
from tenure.records.contacts.models import Message
from tenure.records.gifts.actions import Choice, add_codes, choose, send, stock_up
from tenure.records.gifts.models import Gift
from tenure.records.gifts.rules import Address
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import business_day, current
from tenure.records.subscriptions.actions import Attach, attach_addon, close_overdue
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.entitlements.queries import in_force
from tenure.records.subscriptions.models import ContractPeriod, Subscription, Term
from tenure.records.subscriptions.quoting.values import RenewalChoice
from tenure.records.subscriptions.states import TermState
from tenure.strategy.messages import Channel, MessageClass, Rendering
from tests.act.payments.memory import MemoryProvider
from tests.builders import AS_OF, AT, a_term, at_on, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
LATER = AT + timedelta(seconds=6)


def a_customer(**more: object) -> Term:
    version = PlanVersion.objects.get(plan__code="home_300")
    return a_term(plan_version=version, **more)  # type: ignore[arg-type]


def renewed(term: Term, provider: MemoryProvider, *, months: int = 12) -> Payment:
    order = order_renewal(term.pk, RenewalChoice(months), at=AT, by="customer")
    payment = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    provider.pay(str(payment.number), at=AT)
    look_after_money(at=LATER, by="worker")
    run_effects(at=LATER, by="worker")
    react(at=LATER)
    payment.refresh_from_db()
    return payment


def night(on: date) -> None:
    """What a night does about terms and benefits."""
    now = Day(on, at_on(on, 23), "loop", None)
    close_overdue(as_of=on, at=now.at)
    for verb in STAGES["observe"][2:3]:
        verb.call(now)
    react(at=now.at)


def given_and_ended() -> tuple[int, int]:
    facts = Entry.objects.filter(kind__in=["benefit.given", "benefit.ended"])
    given = facts.filter(kind="benefit.given").count()
    return given, facts.count() - given


def codes(subscription_id: int, *, on: date) -> set[str]:
    return {one.code for one in in_force(subscription_id, on=on)}


def test_a_year_brings_a_bundle_and_a_gift_once(wechat: MemoryProvider) -> None:
    """OFR-03: entitlements are granted with the renewal, for its days, and say why."""
    term = a_customer()

    renewed(term, wechat)
    react(at=LATER)

    new = Term.objects.get(number=2)
    benefit = Benefit.objects.get()
    cloud = {one.code: one.quantity for one in in_force(term.subscription_id, on=new.starts_on)}
    before = {one.code: one.quantity for one in in_force(term.subscription_id, on=AS_OF)}
    assert (benefit.kind, benefit.rule_id) == ("bundle", "family_space")
    assert benefit.reason_en == "comes with every renewal of a year or more"
    assert (benefit.starts_on, benefit.ends_on) == (new.starts_on, new.ends_on)
    assert (before["cloud_space"], cloud["cloud_space"]) == (100, 150)


def test_a_month_brings_nothing(wechat: MemoryProvider) -> None:
    renewed(a_customer(), wechat, months=1)

    assert not Benefit.objects.exists()
    assert not Gift.objects.exists()


def test_two_years_bring_a_choice_of_gifts(wechat: MemoryProvider) -> None:
    """OFR-18: of what fits and is there; codes have run out before they came."""
    renewed(a_customer(), wechat, months=24)

    assert Gift.objects.get().choices == ["router"]


def all_taken_by(another: Term, provider: MemoryProvider) -> Gift:
    """The last router goes to somebody else."""
    renewed(another, provider, months=24)
    rule = current().benefits.gifts["router"]
    stock_up(rule, 1, on=AS_OF, at=AT, by="ops")
    gift = Gift.objects.get(account=another.account)
    choice = Choice(rule, Address("王", "138", "上海"))
    choose(gift.public_id, choice, on=business_day(AT), at=AT, by="customer")
    return gift


def test_a_gift_that_ran_out_before_the_payment_is_replaced(wechat: MemoryProvider) -> None:
    """OFR-18: what was listed with the order is never silently missing."""
    all_taken_by(a_customer(), wechat)
    term = a_customer()

    renewed(term, wechat, months=24)
    react(at=LATER)

    gift = Gift.objects.get(account=term.account)
    assert gift.choices == ["router"]
    assert Entry.objects.get(kind="gift.ran_out").content["instead"] == []
    letter = Message.objects.get(account=term.account, template="gift_ran_out")
    assert letter.send_key == f"gifts:gift_ran_out:{gift.pk}"


def test_who_waits_for_the_last_one_is_given_another_choice(wechat: MemoryProvider) -> None:
    """OFR-18: taken between the renewal and the choice; told once, by mail."""
    term = a_customer()
    renewed(term, wechat, months=24)
    rules = current().benefits.gifts
    add_codes(rules["video_month"], ["A1"], on=AS_OF, at=AT, by="ops")
    Gift.objects.update(choices=["router"])
    sent = all_taken_by(a_customer(), wechat)

    for _ in range(2):
        react(at=LATER)

    gift = Gift.objects.get(account=term.account)
    assert gift.choices == ["router", "video_month"]
    assert Message.objects.filter(template="gift_ran_out").count() == 1
    choose(gift.public_id, Choice(rules["video_month"]), on=AS_OF, at=AT, by="customer")
    send(sent.public_id, on=AS_OF, at=AT, by="ops", tracking="SF1")
    react(at=LATER)
    letters = Message.objects.filter(template="gift_sent").order_by("account_id")
    assert {one.account_id for one in letters} == {gift.account_id, sent.account_id}
    said = gift_slots(letters.get(account_id=sent.account_id).pk, strategy=current(), language="en")
    assert (said["gift_name"], said["gift_tracking"]) == ("A Wi-Fi 6 router", "SF1")
    assert not said["gift_is_code"]


def test_the_letters_about_gifts_are_worded_by_the_strategy() -> None:
    """A strategy words them anew; their class, and so whom they reach, stays ours."""
    strategy = current()
    ours = template_of("anniversary", strategy=strategy)
    assert ours is not None
    written = Rendering(Sentence("谢谢", "Thanks"), Sentence("再来一年", "Another year"))
    theirs = replace(
        ours, message_class=MessageClass.MARKETING, renderings={Channel.EMAIL: written}
    )
    form = replace(strategy.form("messages"), value={**strategy.messages, "anniversary": theirs})

    changed = replace(strategy, dated={**strategy.dated, "messages": (form,)})

    found = template_of("anniversary", strategy=changed)

    assert found is not None
    assert found.renderings[Channel.EMAIL] == written
    assert found.message_class == MessageClass.TRANSACTIONAL


def test_a_lapse_revokes_what_the_term_brought(wechat: MemoryProvider) -> None:
    """OFR-03: with the end of the paid days, before the grace days begin."""
    term = a_customer()
    renewed(term, wechat)
    new = Term.objects.get(number=2)

    night(new.ends_on)

    assert Benefit.objects.get().end == "over"
    cloud = {one.code: one.quantity for one in in_force(term.subscription_id, on=new.ends_on)}
    assert cloud["cloud_space"] == 100
    assert given_and_ended() == (1, 1)


def test_a_refund_takes_back_what_the_renewal_brought(wechat: MemoryProvider) -> None:
    """OFR-03, OFR-18: the entitlements and the gift that is not on its way."""
    payment = renewed(a_customer(), wechat, months=24)
    back = NewRefund(
        payment.pk, reason=RefundReason.WITHDRAWAL, effect=RefundEffect.REVERSE, once_key="back"
    )
    refund = request_refund(back, at=LATER, by="user:1")
    if refund.needs_second:
        approve_refund(refund.pk, at=LATER, by="user:2")
    refund_due(at=LATER)

    react(at=LATER)

    assert Benefit.objects.get().end == "taken_back"
    assert (Gift.objects.get().state, Gift.objects.get().why) == ("cancelled", "term_given_back")
    assert not ContractPeriod.objects.filter(kind="promo").exists()
    assert given_and_ended() == (1, 1)


def test_a_return_holds_for_a_year_and_is_written_down(wechat: MemoryProvider) -> None:
    """WIN-01."""
    term = a_customer(days_left=-75, state=TermState.LAPSED, closed_on=day(-60))
    Subscription.objects.update(state="ended", ended_on=day(-60))

    renewed(term, wechat, months=1)

    benefit = Benefit.objects.get(kind="comeback")
    assert (benefit.starts_on, benefit.ends_on) == (AS_OF, date(2027, 6, 15))
    assert benefit.worth_minor == 2_277  # 75.90 less 30 %
    assert Term.objects.get(number=2).price_minor == 5_313


def test_a_trial_grants_reminds_revokes_and_counts(wechat: MemoryProvider) -> None:
    """OFR-17: free for 14 days, a reminder three days before, off by itself, not bought."""
    term = a_customer(days_left=200)
    start_trial(term.subscription_id, "game_lane", on=AS_OF, at=AT, by="customer")
    start_trial(term.subscription_id, "game_lane", on=AS_OF, at=AT, by="customer")
    assert "game_lane" in codes(term.subscription_id, on=day(13))
    assert "game_lane" not in codes(term.subscription_id, on=day(14))

    for offset in (10, 11, 12, 14, 44, 45):
        on = day(offset)
        night(on)
        for verb in STAGES["act"]:
            if verb.does.en == "reminding of trials":
                verb.call(Day(on, at_on(on, 23), "loop", None))

    trial = Benefit.objects.get()
    assert (trial.reminded_on, trial.ended_on, trial.end) == (day(11), day(14), "over")
    assert (trial.settled_on, trial.converted_on) == (day(45), None)
    assert Message.objects.filter(template="trial_ending").count() == 1
    with pytest.raises(CannotTry, match="once for each contract"):
        start_trial(term.subscription_id, "game_lane", on=day(50), at=AT, by="customer")


def test_what_is_bought_after_trying_counts_as_won(wechat: MemoryProvider) -> None:
    """OFR-17: conversion, by the purchase that the strategy names."""
    term = a_customer(days_left=200)
    start_trial(term.subscription_id, "mesh_wifi", on=AS_OF, at=AT, by="customer")
    wanted = Attach(term.pk, "mesh_wifi", on=day(5), key="order 1")
    attach_addon(wanted, at=at_on(day(5)), by="customer")

    night(day(5))

    trial = Benefit.objects.get()
    assert (trial.converted_to, trial.converted_on) == ("mesh_wifi", day(5))
    assert Entry.objects.filter(kind="trial.converted").count() == 1


def test_at_the_end_of_life_everything_given_has_ended(wechat: MemoryProvider) -> None:
    """Σ grants = Σ revocations, for a customer with every kind of benefit."""
    started_on = date(2025, 6, 15)
    term = a_customer(
        starts_on=started_on, ends_on=AS_OF + timedelta(days=30), started_on=started_on
    )
    renewed(term, wechat, months=24)
    start_trial(term.subscription_id, "game_lane", on=AS_OF, at=AT, by="customer")
    on = AS_OF
    night(on)
    last = Term.objects.get(number=2)
    for on in (day(20), last.ends_on, last.ends_on + timedelta(days=20)):
        night(on)

    given, ended = given_and_ended()
    assert {one.kind for one in Benefit.objects.all()} == {"anniversary", "bundle", "trial"}
    assert given == ended == 3
    assert in_force(term.subscription_id, on=on) == ()
