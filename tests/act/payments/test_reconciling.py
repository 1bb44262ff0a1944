"""A day's bill beside our records: every class of difference, the same report twice."""

from datetime import timedelta

import pytest

from tenure.act.payments.actions import cancel_order, open_attempt, refund_due, take_notice
from tenure.act.payments.reconciliation import actions
from tenure.act.payments.reconciliation.actions import (
    RowResolved,
    explain_row,
    reconcile,
    reconcile_due,
)
from tenure.act.payments.reconciliation.models import Reconciliation, ReconciliationRow
from tenure.act.payments.values import Status
from tenure.kernel.money import Money
from tenure.records.billing.ledger.queries import balance
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds.actions import request
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import RefundReason
from tenure.records.billing.states import PaymentState
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tests.act.payments.memory import Held, MemoryProvider
from tests.act.payments.orders import an_order
from tests.builders import AS_OF, AT, at_on, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
MORNING = at_on(day(1), 11)


def a_paid_renewal(provider: MemoryProvider, *, is_told: bool = True) -> Payment:
    payment = open_attempt(an_order(), "wechat_native", at=AT, by="customer").payment
    letter = provider.pay(str(payment.number), at=AT)
    if is_told:
        take_notice("wechat", letter.headers, body=letter.body, at=AT)
    payment.refresh_from_db()
    return payment


def findings() -> list[tuple[str, str]]:
    rows = ReconciliationRow.objects.order_by("pk")
    return [(one.finding, one.resolution) for one in rows]


def test_a_day_that_agrees_is_closed_and_reported(wechat: MemoryProvider) -> None:
    """PAY-02, R-Y-080, R-Y-082: 2 × 1069.20 in, 100.00 back, fees of 6 ‰."""
    a_paid_renewal(wechat)
    payment = a_paid_renewal(wechat)
    back = NewRefund(
        payment.pk, RefundReason.GOODWILL, once_key="kind", amount=Money(10_000, "CNY")
    )
    request(back, at=AT, by="user:1")
    refund_due(at=AT)

    report = reconcile("wechat", AS_OF, at=MORNING, by="loop")

    fees = 2 * (106_920 * 6 // 1000)
    assert report.sums == {
        "CNY": {
            "gross_minor": 213_840,
            "refunds_minor": 10_000,
            "fees_minor": fees,
            "settlement_minor": 203_840 - fees,
        }
    }
    assert report.ledger == {"CNY": 203_840}
    assert report.counts["matched"] == 3
    assert (report.is_balanced, report.closed_at) == (True, MORNING)
    assert balance("cash:wechat", currency="CNY") == Money(203_840 - fees, "CNY")
    assert balance("fees:wechat", currency="CNY") == Money(fees, "CNY")
    payment.refresh_from_db()
    assert payment.fee_minor == 641


def test_a_day_read_again_is_the_same_report(wechat: MemoryProvider) -> None:
    """R-Y-083: although what was missing has been given meanwhile."""
    a_paid_renewal(wechat, is_told=False)
    first = reconcile("wechat", AS_OF, at=MORNING, by="loop")
    second = reconcile("wechat", AS_OF, at=MORNING + timedelta(hours=3), by="user:1")

    assert first.pk == second.pk
    assert first.report_hash == second.report_hash
    assert (first.counts, first.sums) == (second.counts, second.sums)
    assert balance("fees:wechat", currency="CNY") == Money(641, "CNY")
    assert Entry.objects.filter(kind="reconciliation.read").count() == 1


def test_paid_there_and_unknown_here_is_asked_about_and_given(wechat: MemoryProvider) -> None:
    """R-Y-081."""
    payment = a_paid_renewal(wechat, is_told=False)
    assert Term.objects.count() == 1

    report = reconcile("wechat", AS_OF, at=MORNING, by="loop")

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    assert Term.objects.count() == 2
    assert findings() == [("missing_local", "agrees after asking again")]
    assert report.closed_at == MORNING


def test_money_for_nobody_is_told_and_keeps_the_day_open(wechat: MemoryProvider) -> None:
    stray = "R20260615STRAYSTRAYSTRAYSTRAY"
    wechat.held[stray] = Held(stray, Money(500, "CNY"))
    wechat.pay(stray, at=AT)

    report = reconcile("wechat", AS_OF, at=MORNING, by="loop")

    assert findings() == [("missing_local", "")]
    assert (report.is_balanced, report.closed_at) == (False, None)
    assert Entry.objects.filter(kind="reconciliation.alarm").count() == 1


def test_paid_here_and_not_on_the_bill_is_raised_after_a_day(wechat: MemoryProvider) -> None:
    """R-Y-081: quiet for 24 hours, then an alarm; never written off."""
    payment = a_paid_renewal(wechat)
    del wechat.held[str(payment.number)]

    report = reconcile("wechat", AS_OF, at=MORNING, by="loop")
    quiet = Entry.objects.filter(kind="reconciliation.alarm").count()
    reconcile("wechat", AS_OF, at=MORNING + timedelta(days=1), by="loop")

    assert (report.is_balanced, report.closed_at) == (False, None)
    assert findings() == [("missing_provider", "")]
    assert (quiet, Entry.objects.filter(kind="reconciliation.alarm").count()) == (0, 1)


def test_what_was_paid_around_midnight_is_found_on_the_next_bill(wechat: MemoryProvider) -> None:
    payment = a_paid_renewal(wechat)
    held = wechat.held[str(payment.number)]
    held.paid_at = at_on(day(1), 0)
    first = reconcile("wechat", AS_OF, at=MORNING, by="loop")
    assert first.closed_at is None

    second = reconcile("wechat", day(1), at=MORNING + timedelta(days=1), by="loop")
    again = reconcile("wechat", AS_OF, at=MORNING + timedelta(days=1), by="loop")

    assert findings() == [("missing_provider", f"on the bill of {day(1)}")]
    assert second.closed_at is not None
    assert (again.is_balanced, again.closed_at is not None) == (True, True)


def test_another_amount_on_the_bill_is_a_difference(wechat: MemoryProvider) -> None:
    payment = a_paid_renewal(wechat)
    wechat.held[str(payment.number)].paid = Money(106_900, "CNY")

    report = reconcile("wechat", AS_OF, at=MORNING, by="loop")

    row = ReconciliationRow.objects.get()
    assert (row.finding, row.theirs_minor, row.ours_minor) == ("amount_diff", 106_900, 106_920)
    assert (report.is_balanced, report.closed_at) == (False, None)


def test_a_refund_that_only_the_bill_knows_is_a_difference(wechat: MemoryProvider) -> None:
    payment = a_paid_renewal(wechat)
    back = NewRefund(payment.pk, RefundReason.GOODWILL, once_key="x", amount=Money(100, "CNY"))
    refund = request(back, at=AT, by="user:1")
    wechat.loses = ["refund"]
    refund_due(at=AT)
    refund.refresh_from_db()
    assert refund.state == "processing"

    report = reconcile("wechat", AS_OF, at=MORNING, by="loop")

    assert findings() == [("refund_diff", "agrees after asking again")]
    assert report.closed_at == MORNING


def test_a_changed_fee_and_a_changed_status_are_differences(wechat: MemoryProvider) -> None:
    a_paid_renewal(wechat)
    reconcile("wechat", AS_OF, at=MORNING, by="loop")
    wechat.fee_per_mille = 7
    reconcile("wechat", AS_OF, at=MORNING, by="loop")
    assert findings() == [("fee_diff", "")]

    other = a_paid_renewal(wechat)
    wechat.billed_as[str(other.number)] = Status.CLOSED
    reconcile("wechat", AS_OF, at=MORNING, by="loop")
    assert findings() == [("fee_diff", ""), ("status_diff", "")]


def test_the_hour_comes_and_a_silent_provider_is_asked_again(wechat: MemoryProvider) -> None:
    """R-Y-080: at 10:30 of the business's morning, also when nothing happened."""
    early = at_on(day(1), 10)
    assert reconcile_due(at=early) == 0
    wechat.is_deaf_to = {"download_bill"}
    assert reconcile_due(at=early + timedelta(minutes=30)) == 0
    wechat.is_deaf_to = set()

    assert reconcile_due(at=early + timedelta(minutes=31)) == 1
    assert reconcile_due(at=early + timedelta(minutes=32)) == 0

    report = Reconciliation.objects.get()
    assert (report.day, report.sums, report.closed_at is not None) == (AS_OF, {}, True)


def test_a_bill_kept_back_for_days_is_read_with_the_next(wechat: MemoryProvider) -> None:
    assert reconcile_due(at=MORNING) == 1
    wechat.is_deaf_to = {"download_bill"}
    assert reconcile_due(at=at_on(day(2), 11)) == 0
    wechat.is_deaf_to = set()

    assert reconcile_due(at=at_on(day(3), 11)) == 2

    days = Reconciliation.objects.order_by("day").values_list("day", flat=True)
    assert list(days) == [AS_OF, day(1), day(2)]


def test_a_reading_that_was_cut_off_is_read_to_its_end(
    wechat: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the differences were written, the day is followed up and closed later."""
    a_paid_renewal(wechat, is_told=False)
    with monkeypatch.context() as killed:
        killed.setattr(actions, "_follow_up", cut_off)
        with pytest.raises(KeyboardInterrupt):
            reconcile_due(at=MORNING)
    assert Reconciliation.objects.get().judged_at is None

    assert reconcile_due(at=MORNING + timedelta(minutes=1)) == 1

    assert Reconciliation.objects.get().closed_at == MORNING + timedelta(minutes=1)
    assert findings() == [("missing_local", "agrees after asking again")]


def cut_off(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_difference_is_explained_once_and_no_sum_changes(wechat: MemoryProvider) -> None:
    payment = a_paid_renewal(wechat)
    wechat.held[str(payment.number)].paid = Money(106_900, "CNY")
    reconcile("wechat", AS_OF, at=MORNING, by="loop")
    row = ReconciliationRow.objects.get()

    explain_row(row.pk, how="the provider confirmed a typing error", at=MORNING, by="user:1")
    with pytest.raises(RowResolved):
        explain_row(row.pk, how="again", at=MORNING, by="user:2")
    report = reconcile("wechat", AS_OF, at=MORNING, by="loop")

    assert (report.is_balanced, report.closed_at) == (False, None)


def test_what_only_the_bill_told_of_goes_back_and_stands_on_the_next_bill(
    wechat: MemoryProvider,
) -> None:
    """R-Y-008: closed, paid all the same, and never told: the bill is the last to say so."""
    order = an_order()
    payment = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    cancel_order(order.public_id, at=AT, by="customer")
    wechat.pay(str(payment.number), at=AT)

    first = reconcile("wechat", AS_OF, at=MORNING, by="loop")
    refund_due(at=MORNING)
    second = reconcile("wechat", day(1), at=MORNING + timedelta(days=1), by="loop")

    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    assert (first.is_balanced, second.is_balanced) == (True, True)
    assert second.ledger == {"CNY": -106_920}
