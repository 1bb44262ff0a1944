"""Many contracts, one quote, one order, one payment, one receipt (ENT-01, TOP-17)."""

from datetime import timedelta

import pytest

from tenure.act.batches.actions import bill_of, drop, go_on_to_the_end, settle_line
from tenure.act.payments.actions import (
    open_attempt,
    order_renewal,
    take_notice,
)
from tenure.kernel.money import Money
from tenure.loop.reactions import react
from tenure.loop.takings import look_after_money
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import OrderState
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.states import PaymentState
from tenure.records.documents.models import Document
from tenure.records.subscriptions.actions import ask_to_cancel, renew
from tenure.records.subscriptions.batches.actions import (
    begin_placing,
    leave_out,
    mend,
    put_back,
    reopen,
)
from tenure.records.subscriptions.batches.models import Batch
from tenure.records.subscriptions.batches.refusals import Moved, NothingLeft, NotReady
from tenure.records.subscriptions.batches.rules import Wish
from tenure.records.subscriptions.batches.states import BatchState, LineState
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.queries import quote_co_term, quote_renewal
from tenure.records.subscriptions.rules import Purchase
from tenure.records.subscriptions.states import TermState
from tests.act.batches.companies import (
    LATER,
    a_checked,
    a_company,
    a_list,
    an_ordered,
    faults,
    lines,
    pays,
)
from tests.act.payments.memory import MemoryProvider
from tests.builders import AS_OF, AT, a_term, day

# 1,069.20 a year, less the tenth that paying a year at once takes off.
A_YEAR = 96_228

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


def test_three_contracts_are_one_quote_one_payment_and_one_receipt(wechat: MemoryProvider) -> None:
    """Each line costs what it costs alone, and the order what the lines come to."""
    account, terms = a_company(3)
    alone = [quote_renewal(one.pk, on=AS_OF).bill.to_pay.amount_minor for one in terms]
    batch = a_checked(account, a_list("LINE-1", "LINE-2", "LINE-3"))

    payment = pays(an_ordered(batch), wechat)
    look_after_money(at=LATER + timedelta(seconds=5), by="worker")
    react(at=LATER + timedelta(seconds=5))

    batch.refresh_from_db()
    order = Order.objects.get()
    assert (batch.state, batch.total_minor) == (BatchState.DONE, sum(alone))
    assert [one.amount_minor for one in lines(batch)] == alone
    assert (order.state, order.total_minor, payment.amount_minor) == (
        OrderState.FULFILLED, sum(alone), sum(alone),
    )  # fmt: skip
    assert [one.state for one in lines(batch)] == [LineState.GIVEN] * 3
    assert Term.objects.filter(number=2, ends_on=day(395)).count() == 3
    receipt = Document.objects.get()
    assert receipt.content["gross_minor"] == sum(alone)
    assert [one["quantity"] for one in receipt.content["lines"]] == [3]


def test_the_bill_of_the_order_is_the_sum_of_the_lines_to_the_cent(wechat: MemoryProvider) -> None:
    account, _ = a_company(3)
    wishes = [*a_list("LINE-1", "LINE-2"), Wish(4, "LINE-3", cycle_months=24, quantity=3)]
    batch = a_checked(account, wishes)

    bill = bill_of(batch)

    parts = [Bill.read(one.bill) for one in lines(batch)]
    assert bill.total == Money.total([one.total for one in parts], currency="CNY")
    assert bill.tax_total == Money.total([one.tax_total for one in parts], currency="CNY")
    assert bill.list_total == Money.total([one.list_total for one in parts], currency="CNY")
    assert [(one.quantity, one.ref.partition(":")[0]) for one in bill.lines] == [
        (2, "plan"), (3, "plan"),
    ]  # fmt: skip
    assert Bill.read(bill.as_document()) == bill


def test_bad_rows_are_named_and_nothing_happens_until_they_are_left_out() -> None:
    account, _ = a_company(3)
    a_term(external_id="FOREIGN-1")
    wishes = [
        Wish(2, "LINE-1"),
        Wish(3, "LINE-O2"),
        Wish(4, "LINE-3", cycle_months=18),
        Wish(5, "LINE-1"),
        Wish(6, "FOREIGN-1"),
        Wish(7, "LINE-2", plan_code="fiber-9"),
        Wish(8, "LINE-2", quantity=0),
        Wish(9, ""),
    ]
    batch = a_checked(account, wishes)

    assert faults(batch) == [
        (3, "contract", "unknown_contract"),
        (4, "cycle_months", "no_price"),
        (5, "contract", "named_twice"),
        (6, "contract", "unknown_contract"),
        (7, "plan", "unknown_plan"),
        (8, "contract", "named_twice"),
        (9, "contract", "no_contract"),
    ]
    assert "第 2 行重复" in lines(batch)[3].fault["sentence"]["zh"]
    assert "row 2" in lines(batch)[3].fault["sentence"]["en"]
    assert lines(batch)[1].fault["suggestion"] == "LINE-2"
    with pytest.raises(NotReady) as refused:
        begin_placing(batch.pk, at=AT, by="user:1")
    assert "7 rows" in refused.value.sentence("en")
    assert Order.objects.count() == 0

    placed = an_ordered(batch, is_rest_left_out=True)

    assert (placed.state, Order.objects.get().total_minor) == (BatchState.PLACED, A_YEAR)
    assert [one.state for one in lines(batch)] == [LineState.ORDERED] + [LineState.LEFT_OUT] * 7


def test_a_row_that_is_corrected_is_looked_at_again() -> None:
    account, _ = a_company(2)
    batch = a_checked(account, [Wish(2, "LINE-l"), Wish(3, "LINE-2"), Wish(4, "LINE-2")])

    mend(batch.pk, Wish(2, "LINE-1", cycle_months=24), at=AT, by="user:1")
    leave_out(batch.pk, [3], at=AT, by="user:1")
    again = go_on_to_the_end(Batch.objects.get(pk=batch.pk), at=AT, by="user:1")

    assert faults(again) == []
    assert [one.state for one in lines(again)] == [
        LineState.READY, LineState.LEFT_OUT, LineState.READY,
    ]  # fmt: skip
    assert again.total_minor == sum(one.amount_minor for one in lines(again) if one.place != 3)
    put_back(again.pk, [3], at=AT, by="user:1")
    back = go_on_to_the_end(Batch.objects.get(pk=batch.pk), at=AT, by="user:1")
    assert [one.state for one in lines(back)][1] == LineState.READY


def test_one_common_date_prices_each_line_up_to_it(wechat: MemoryProvider) -> None:
    """Co-terming: as `quote_co_term`, one line for each; what runs longer is named."""
    account, terms = a_company(2)
    terms.append(a_term(account=account, external_id="LATE", days_left=500, cycle_months=24))
    terms.append(a_term(account=account, external_id="SOON", days_left=12))
    until = day(400)
    joined = quote_co_term([terms[0].pk, terms[1].pk, terms[3].pk], until=until, on=AS_OF)
    batch = a_checked(account, a_list("LINE-1", "LINE-2", "SOON", "LATE"), until=until)

    assert faults(batch) == [(5, "contract", "ends_later")]
    assert batch.total_minor == joined.bill.to_pay.amount_minor

    pays(an_ordered(batch, is_rest_left_out=True), wechat)

    ends = Term.objects.filter(account=account, number=2).values_list("ends_on", flat=True)
    assert list(ends) == [until] * 3


def test_a_line_that_was_renewed_meanwhile_goes_back_and_harms_no_other(
    wechat: MemoryProvider,
) -> None:
    account, terms = a_company(3)
    batch = an_ordered(a_checked(account, a_list("LINE-1", "LINE-2", "LINE-3")))
    renew(Purchase(terms[1].pk, on=AS_OF), at=AT, by="somebody else")

    payment = pays(batch, wechat)
    look_after_money(at=LATER + timedelta(minutes=1), by="worker")
    payment.refresh_from_db()

    found = lines(batch)
    assert [one.state for one in found] == [LineState.GIVEN, LineState.FAILED, LineState.GIVEN]
    assert found[1].fault["code"] == "renewed_meanwhile"
    assert "goes back" in found[1].fault["sentence"]["en"]
    refund = Refund.objects.get()
    assert (refund.amount_minor, found[1].refund_id) == (A_YEAR, refund.pk)
    assert (payment.state, payment.refunded_minor) == (PaymentState.PARTIALLY_REFUNDED, A_YEAR)
    assert Term.objects.filter(account=account, number=2).count() == 3
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE


def test_a_line_that_ended_meanwhile_goes_back(wechat: MemoryProvider) -> None:
    account, terms = a_company(2)
    batch = an_ordered(a_checked(account, a_list("LINE-1", "LINE-2")))
    ask_to_cancel(terms[0].pk, on=AS_OF, at=AT, by="customer", is_at_once=True)

    pays(batch, wechat)

    assert [one.fault.get("code") for one in lines(batch)] == ["ended_meanwhile", None]
    assert Refund.objects.get().amount_minor == A_YEAR


def test_a_line_that_gets_stuck_waits_for_a_person_and_is_given_or_paid_back(
    wechat: MemoryProvider,
) -> None:
    account, terms = a_company(3, number=5)
    batch = an_ordered(a_checked(account, a_list("LINE-1", "LINE-2", "LINE-3")))
    wrong = [
        a_term(subscription=one.subscription, number=1, starts_on=day(40), ends_on=day(80),
               state=TermState.LAPSED)
        for one in terms[:2]
    ]  # fmt: skip

    pays(batch, wechat)
    batch.refresh_from_db()

    assert [one.state for one in lines(batch)] == [
        LineState.STUCK, LineState.STUCK, LineState.GIVEN,
    ]  # fmt: skip
    assert lines(batch)[0].fault["code"] == "terms_overlap"
    assert Refund.objects.count() == 0

    wrong[0].delete()
    settle_line(batch, 2, at=LATER, by="user:1")
    settle_line(batch, 3, at=LATER, by="user:1", is_given_up=True)
    settle_line(batch, 3, at=LATER, by="user:2", is_given_up=True)

    assert [one.state for one in lines(batch)] == [
        LineState.GIVEN, LineState.FAILED, LineState.GIVEN,
    ]  # fmt: skip
    assert Refund.objects.get().amount_minor == A_YEAR


def test_told_twice_every_line_is_given_once(wechat: MemoryProvider) -> None:
    account, _ = a_company(2)
    batch = an_ordered(a_checked(account, a_list("LINE-1", "LINE-2")))
    payment = pays(batch, wechat)
    letter = wechat.outbox[0]

    take_notice("wechat", letter.headers, body=letter.body, at=LATER)
    look_after_money(at=LATER + timedelta(minutes=5), by="worker")

    assert payment.refunded_minor == 0
    assert Term.objects.filter(account=account, number=2).count() == 2


def test_paid_twice_the_second_payment_goes_back_and_every_line_is_given_once(
    wechat: MemoryProvider, alipay: MemoryProvider
) -> None:
    """Double pay: by another way while the first was still open at its provider."""
    account, _ = a_company(2)
    batch = an_ordered(a_checked(account, a_list("LINE-1", "LINE-2")))
    assert batch.order is not None
    first = open_attempt(batch.order, "wechat_native", at=AT, by="customer").payment
    wechat.is_deaf_to = {"close", "query"}
    second = open_attempt(batch.order, "alipay_page", at=AT, by="customer").payment

    wechat.is_deaf_to = set()

    for provider, payment in ((alipay, second), (wechat, first)):
        letter = provider.pay(str(payment.number), at=LATER)
        take_notice(provider.name, letter.headers, body=letter.body, at=LATER)
    for minutes in (1, 2):
        look_after_money(at=LATER + timedelta(minutes=minutes), by="worker")

    for payment in (first, second):
        payment.refresh_from_db()
    assert (first.state, second.state) == (PaymentState.REFUNDED, PaymentState.SUCCEEDED)
    assert Refund.objects.get().reason == "double_payment"
    assert [one.state for one in lines(batch)] == [LineState.GIVEN] * 2
    assert Term.objects.filter(account=account, number=2).count() == 2


def test_two_operators_with_one_file_have_one_batch_and_one_order() -> None:
    account, _ = a_company(2)

    one = an_ordered(a_checked(account, a_list("LINE-1", "LINE-2")))
    other = an_ordered(a_checked(account, a_list("LINE-1", "LINE-2")))

    assert (one.pk, Batch.objects.count(), Order.objects.count()) == (other.pk, 1, 1)


def test_what_one_batch_ordered_is_a_fault_in_another() -> None:
    account, _ = a_company(3)
    first = an_ordered(a_checked(account, a_list("LINE-1", "LINE-2")))

    other = a_checked(account, a_list("LINE-2", "LINE-3"))

    assert faults(other) == [(2, "contract", "in_another_batch")]
    assert first.public_id in lines(other)[0].fault["sentence"]["en"]
    drop(first, at=AT, by="user:1")
    assert Order.objects.get().state == OrderState.CANCELLED
    mend(other.pk, Wish(2, "LINE-2"), at=AT, by="user:1")
    assert faults(go_on_to_the_end(Batch.objects.get(pk=other.pk), at=AT, by="user:1")) == []


def test_the_same_list_after_it_was_bought_names_every_row(wechat: MemoryProvider) -> None:
    account, _ = a_company(2)
    pays(an_ordered(a_checked(account, a_list("LINE-1", "LINE-2"))), wechat)

    again = a_checked(account, a_list("LINE-1", "LINE-2"), at=LATER)

    assert [code for _, _, code in faults(again)] == ["renewed_ahead", "renewed_ahead"]
    with pytest.raises(NothingLeft):
        begin_placing(again.pk, is_rest_left_out=True, at=LATER, by="user:1")


def test_what_changed_since_it_was_looked_at_is_shown_before_anything_is_ordered() -> None:
    account, terms = a_company(2)
    batch = a_checked(account, a_list("LINE-1", "LINE-2"))
    seen = batch.digest
    renew(Purchase(terms[0].pk, on=AS_OF), at=AT, by="somebody else")

    after = an_ordered(batch)

    assert (after.state, after.changed_lines, Order.objects.count()) == (BatchState.CHECKED, 1, 0)
    assert faults(after) == [(2, "contract", "renewed_ahead")]
    with pytest.raises(Moved):
        begin_placing(batch.pk, seen=seen, at=AT, by="user:1", is_rest_left_out=True)


def test_a_renewal_that_was_paid_alone_is_not_paid_again(wechat: MemoryProvider) -> None:
    account, terms = a_company(2)
    alone = order_renewal(terms[0].pk, at=AT, by="customer")
    Order.objects.filter(pk=alone.pk).update(state=OrderState.PAID, paid_at=AT)

    batch = a_checked(account, a_list("LINE-1", "LINE-2"))

    assert faults(batch) == [(2, "contract", "paid_already")]


def test_an_order_that_ended_unpaid_is_opened_again_at_todays_price() -> None:
    account, _ = a_company(2)
    batch = an_ordered(a_checked(account, a_list("LINE-1", "LINE-2")))
    after = AT + timedelta(days=15)
    look_after_money(at=after, by="worker")

    reopen(batch.pk, at=after, by="user:1")
    again = an_ordered(
        go_on_to_the_end(Batch.objects.get(pk=batch.pk), at=after, by="user:1"), at=after
    )

    assert again.state == BatchState.PLACED
    assert sorted(Order.objects.values_list("state", flat=True)) == ["expired", "open"]


def test_a_batch_opened_again_whose_old_order_is_paid_gives_the_money_back(
    wechat: MemoryProvider,
) -> None:
    """The money was sent in time and told late: it cannot buy a list that is being changed."""
    account, _ = a_company(2)
    batch = an_ordered(a_checked(account, a_list("LINE-1", "LINE-2")))
    assert batch.order is not None
    payment = open_attempt(batch.order, "wechat_native", at=AT, by="customer").payment
    Order.objects.filter(pk=batch.order.pk).update(state=OrderState.EXPIRED, closed_at=AT)
    reopen(batch.pk, at=AT, by="user:1")

    wechat.pay(str(payment.number), at=LATER)
    look_after_money(at=LATER, by="worker")
    look_after_money(at=LATER + timedelta(minutes=1), by="worker")

    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    assert Term.objects.filter(account=account, number=2).count() == 0


def test_contracts_on_their_way_out_are_named() -> None:
    account, terms = a_company(2)
    ask_to_cancel(terms[0].pk, on=AS_OF, at=AT, by="customer")
    a_term(account=account, external_id="GONE", days_left=-90, state=TermState.LAPSED)

    batch = a_checked(account, a_list("LINE-1", "LINE-2", "GONE"))

    assert faults(batch) == [(2, "contract", "contract_ended"), (4, "contract", "contract_ended")]
