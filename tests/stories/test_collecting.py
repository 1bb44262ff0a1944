"""Automatic renewal over the calendar: announced, proved, taken, declined, recovered, given up."""

from datetime import date, timedelta

import pytest

from tenure.act.collecting.actions import collect, prepare, unsign_due
from tenure.records.billing.deductions.models import Deduction, DeductionAttempt
from tenure.records.billing.deductions.queries import held_notices, in_dunning
from tenure.records.billing.deductions.states import DeductionState
from tenure.records.billing.mandates.models import Mandate
from tenure.records.billing.mandates.states import MandateState
from tenure.records.billing.models import Payment
from tenure.records.catalog.models import Price
from tenure.records.contacts.models import Message
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.actions import ask_to_cancel, renew, switch_auto_renew
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.rules import Purchase
from tenure.records.subscriptions.states import TermState
from tenure.records.success.models import ToDo
from tests.act.collecting.tills import (
    DUE,
    PAID,
    ScriptedProvider,
    a_contract,
    a_till,
    days,
    last_term,
    one_day,
)
from tests.act.conftest import strategy
from tests.builders import at_on, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
__all__ = ["strategy"]


def deduction() -> Deduction:
    return Deduction.objects.get()


def test_a_chinese_renewal_with_a_delivered_notice_is_taken_once() -> None:
    """R-A-013, R-Y-025, PAY-04: mail and the provider's own word prove it; paid on the day."""
    term = a_contract()
    rule = current().collecting.announcements["wechat"]
    with a_till(announces=rule) as till:
        for on in days(DUE - timedelta(days=10), DUE + timedelta(days=5)):
            one_day(on)
            one_day(on, hour=15)

    found = deduction()
    assert found.state == DeductionState.COLLECTED
    assert [on for on, _ in till.announced] == [DUE - timedelta(days=5)]
    assert till.charged_on == [DUE]
    assert till.charged[0].amount.amount_minor == PAID
    assert sorted(one["channel"] for one in found.proof) == ["email", "wechat"]
    assert "cn@2026-04-10" in found.stamps
    assert Payment.objects.filter(state="succeeded").count() == 1
    new = last_term(term.subscription)
    assert (new.number, new.starts_on, new.price_minor) == (2, DUE, PAID)
    (letter,) = Message.objects.filter(template="deduction_notice")
    assert letter.sent_at is not None
    assert "745.20" in letter.body
    assert "微信支付" in letter.body
    assert DeductionAttempt.objects.get().stamps == found.stamps


def test_without_a_delivered_notice_nothing_is_taken() -> None:
    """R-A-013, TOP-07: one accepted mail is no proof; it is held, and an operator is told."""
    term = a_contract(provider="alipay", method="alipay")
    with a_till("alipay") as till:
        for on in days(DUE - timedelta(days=10), DUE + timedelta(days=3)):
            one_day(on)

    assert till.charged == []
    assert deduction().state == DeductionState.HELD
    assert list(held_notices()) == [deduction()]
    assert Entry.objects.filter(kind="deduction.held").count() == 1
    todo = ToDo.objects.get(once_key=f"held:{term.pk}")
    assert "was not delivered" in todo.reasons[0]["en"]
    assert Term.objects.count() == 1


def test_a_delivery_on_one_channel_is_enough() -> None:
    a_contract(provider="alipay", method="alipay")
    with a_till("alipay") as till:
        for on in days(DUE - timedelta(days=10), DUE):
            one_day(on, delivers=True)

    assert till.charged_on == [DUE]
    assert [one["channel"] for one in deduction().proof] == ["email"]


@pytest.mark.slow
def test_a_californian_year_is_announced_between_45_and_15_days_before() -> None:
    """R-A-033, G26: seventeen days before, so that two are left for another way."""
    ends_on = day(60)
    a_contract(country="US", region="CA", provider="stripe", method="card", ends_on=ends_on)
    with a_till("stripe") as till:
        for on in days(day(0), ends_on):
            one_day(on, delivers=True)

    found = deduction()
    assert found.state == DeductionState.COLLECTED
    (window,) = found.windows
    assert window["earliest_on"] == str(ends_on - timedelta(days=45))
    assert window["latest_on"] == str(ends_on - timedelta(days=15))
    assert [one["on"] for one in found.proof] == [str(ends_on - timedelta(days=17))]
    assert {"us_ca@2025-07-01", "card@2020-04-18", "us_fed@2010-12-29"} <= set(found.stamps)
    assert till.charged_on == [ends_on]


@pytest.mark.parametrize(
    ("ends_on", "stamp"),
    [(date(2026, 6, 22), "eu@2014-06-13"), (date(2026, 7, 2), "eu@2026-06-19")],
)
def test_a_european_renewal_is_stored_with_the_law_of_its_day(ends_on: date, stamp: str) -> None:
    """R-A-001: planned before and after 19 June 2026."""
    a_contract(
        country="FR", region="", plan="home_100", months=1, price_minor=5_390, ends_on=ends_on,
        provider="stripe", method="card",
    )  # fmt: skip
    with a_till("stripe"):
        for on in days(day(0), ends_on - timedelta(days=1)):
            one_day(on, delivers=True)

    assert stamp in deduction().stamps


def always_declined(till: ScriptedProvider, code: str = "insufficient_funds") -> None:
    till.script = [code] * 20


def test_a_declined_card_is_tried_by_schedule_and_recovers() -> None:
    """STD-07, R-Y-063: declined on D0, D+1 and D+3, paid on D+5; told after the first and third."""
    term = a_contract(provider="stripe", method="card", network="visa")
    with a_till("stripe") as till:
        till.script = ["insufficient_funds"] * 3
        for on in days(DUE - timedelta(days=10), DUE + timedelta(days=20)):
            one_day(on, delivers=True)

    assert [(on - DUE).days for on in till.charged_on] == [0, 1, 3, 5]
    found = deduction()
    assert (found.state, found.attempts, found.reason) == (DeductionState.COLLECTED, 4, "")
    new = last_term(term.subscription)
    assert (new.number, new.starts_on) == (2, DUE)
    told = Message.objects.filter(template="payment_failed").order_by("pk")
    assert [one.step for one in told] == ["declined_1", "declined_3"]
    assert "余额不足" in told[0].body
    assert "再试一次" in told[0].body
    assert [one.outcome for one in DeductionAttempt.objects.order_by("ordinal")] == [
        "declined", "declined", "declined", "collected",
    ]  # fmt: skip


def test_a_card_that_never_pays_walks_the_schedule_to_its_end() -> None:
    """STD-07, R-Y-063, R-Y-064, R-A-019: seven tries, a last word, suspension not before day 30."""
    term = a_contract(provider="stripe", method="card")
    with a_till("stripe") as till:
        always_declined(till)
        for on in days(DUE - timedelta(days=10), DUE + timedelta(days=16)):
            one_day(on, delivers=True)

    assert [(on - DUE).days for on in till.charged_on] == [0, 1, 3, 5, 7, 10, 14]
    found = deduction()
    assert found.state == DeductionState.FAILED
    assert (found.end_action, found.end_action_on) == ("suspend", DUE + timedelta(days=30))
    steps = Message.objects.filter(template__startswith="payment_failed").order_by("pk")
    assert [one.step for one in steps] == ["declined_1", "declined_3", "declined_last"]
    assert ToDo.objects.filter(once_key=f"declined:{term.pk}").count() == 1
    assert list(in_dunning()) == [found]
    # STD-02: grace over, the end is involuntary and not a lapse or a word of the customer.
    term.refresh_from_db()
    assert (term.state, term.end_kind) == (TermState.LAPSED, "involuntary")
    assert Mandate.objects.get().state == MandateState.RELEASED


def test_another_plan_may_end_at_the_last_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-Y-064: `cancel` ends the agreement on the day of the last try, as an involuntary end."""
    term = a_contract(provider="stripe", method="card", country="JP", region="")
    with a_till("stripe") as till:
        always_declined(till)
        for on in days(DUE - timedelta(days=10), DUE + timedelta(days=13)):
            one_day(on, delivers=True)
        Deduction.objects.update(next_at=at_on(DUE + timedelta(days=14), 9))
        one_day(DUE + timedelta(days=14), delivers=True)
        Deduction.objects.update(end_action="cancel")
        one_day(DUE + timedelta(days=14), hour=12)

    term.refresh_from_db()
    assert (term.state, term.end_kind) == (TermState.LAPSED, "involuntary")
    assert term.closed_on == DUE + timedelta(days=14)


def test_a_stolen_card_is_never_tried_again() -> None:
    """R-Y-047."""
    a_contract(provider="stripe", method="card")
    with a_till("stripe") as till:
        always_declined(till, "stolen_card")
        for on in days(DUE - timedelta(days=10), DUE + timedelta(days=10)):
            one_day(on, delivers=True)

    assert till.charged_on == [DUE]
    assert deduction().state == DeductionState.FAILED
    assert DeductionAttempt.objects.get().decline_class == "never"


def test_paid_by_hand_while_being_retried_it_is_recovered() -> None:
    term = a_contract(provider="stripe", method="card")
    with a_till("stripe") as till:
        always_declined(till)
        for on in days(DUE - timedelta(days=10), DUE + timedelta(days=1)):
            one_day(on, delivers=True)
        renew(Purchase(term.pk, on=DUE + timedelta(days=2)), at=at_on(DUE), by="customer")
        for on in days(DUE + timedelta(days=2), DUE + timedelta(days=6)):
            one_day(on)

    assert len(till.charged) == 2
    assert (deduction().state, deduction().reason) == (DeductionState.COLLECTED, "paid_by_hand")


def test_an_answer_that_never_came_is_asked_for_and_not_taken_again() -> None:
    """R-Y-012."""
    from tenure.act.payments.actions import poll_due

    a_contract(provider="stripe", method="card")
    with a_till("stripe") as till:
        till.script = ["silent"]
        for on in days(DUE - timedelta(days=10), DUE):
            one_day(on, delivers=True)
        assert deduction().state == DeductionState.CHARGING
        collect(at=at_on(DUE, 11))
        poll_due(at=at_on(DUE, 12), by="loop")
        collect(at=at_on(DUE, 13))

    assert len(till.charged) == 1
    assert deduction().state == DeductionState.COLLECTED


def test_switched_off_the_evening_before_nothing_is_taken() -> None:
    """R-A-085: at engine level at once; the provider is told until it confirms."""
    term = a_contract(provider="stripe", method="card")
    eve = DUE - timedelta(days=1)
    with a_till("stripe") as till:
        for on in days(DUE - timedelta(days=10), eve):
            one_day(on, delivers=True)
        till.is_deaf_to_ends = True
        at = at_on(eve, 22)
        switch_auto_renew(term.subscription_id, is_on=False, on=eve, at=at, by="customer")
        one_day(DUE)
        assert till.ended == []
        unsign_due(at=at_on(eve + timedelta(days=2), 23))
        assert Entry.objects.filter(kind="mandate.unsign_alarmed").count() == 1
        till.is_deaf_to_ends = False
        unsign_due(at=at_on(eve + timedelta(days=3), 23))

    assert till.charged == []
    assert deduction().state == DeductionState.STOPPED
    assert till.ended == [Mandate.objects.get().number]


def test_who_wants_to_leave_is_not_charged() -> None:
    term = a_contract(provider="stripe", method="card")
    with a_till("stripe") as till:
        for on in days(DUE - timedelta(days=10), DUE - timedelta(days=1)):
            one_day(on, delivers=True)
        eve = DUE - timedelta(days=1)
        ask_to_cancel(term.pk, on=eve, at=at_on(eve, 22), by="customer")
        for on in days(DUE, DUE + timedelta(days=3)):
            one_day(on)

    assert till.charged == []
    assert deduction().state == DeductionState.STOPPED


def test_a_dearer_plan_needs_a_new_consent_in_china() -> None:
    """R-A-015: planned for the customer to pay by hand before any notice goes out."""
    term = a_contract()
    Price.objects.filter(plan_version=term.plan_version, cycle_months=12).update(
        amount_minor=100_000
    )
    with a_till() as till:
        for on in days(DUE - timedelta(days=10), DUE + timedelta(days=1)):
            one_day(on)

    assert (deduction().state, deduction().reason) == (
        DeductionState.MANUAL, "dearer_without_consent",
    )  # fmt: skip
    assert till.charged == []
    assert till.announced == []


def test_an_amount_above_the_limit_is_left_to_the_customer_before_the_notice() -> None:
    """R-Y-028."""
    a_contract(cap_minor=PAID - 1, consent_minor=PAID - 1)
    with a_till():
        for on in days(DUE - timedelta(days=10), DUE):
            one_day(on)

    assert deduction().state == DeductionState.MANUAL


def test_a_german_year_is_not_renewed_by_itself() -> None:
    """R-A-059."""
    a_contract(country="DE", region="", provider="stripe", method="card")
    with a_till("stripe"):
        for on in days(DUE - timedelta(days=10), DUE):
            one_day(on, delivers=True)

    assert (deduction().state, deduction().reason) == (
        DeductionState.MANUAL, "prolongation_not_allowed",
    )  # fmt: skip


def test_killed_between_storing_and_asking_nothing_is_taken_twice() -> None:
    """The number is stored before the provider hears of it; the same look again takes nothing."""
    a_contract(provider="stripe", method="card")
    with a_till("stripe") as till:
        for on in days(DUE - timedelta(days=10), DUE):
            one_day(on, delivers=True)
        for hour in range(11, 20):
            collect(at=at_on(DUE, hour))
            prepare(at=at_on(DUE, hour))

    assert len(till.charged) == 1
    assert Payment.objects.filter(number__isnull=False).count() == 1
