"""What is owed back when a term is ended before its time (R-A-016)."""

from __future__ import annotations

from datetime import date

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.basket import WHOLE, Basket, Item, LineKind
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.pricing.proration import rest_of
from tenure.records.billing.pricing.refunds import RefundMode, may_withdraw
from tenure.records.billing.pricing.rules import price
from tenure.records.subscriptions.queries import bought_on
from tenure.records.subscriptions.quoting.standing import Standing
from tenure.records.subscriptions.quoting.values import CannotWithdraw, add_on_codes, ref_of

_BACK = Sentence(zh="{what}，退款", en="{what}, given back")


def quote_refund(term_id: int, *, on: date, mode: RefundMode = RefundMode.BY_DAY) -> Bill:
    """What is owed back if a term is ended on a day; the total is below zero.

    By day and by ratio give the same: free days lie in the period, so a day costs
    paid ÷ (paid + free) of its list price. Within seven days of the first purchase the whole
    principal can be asked back.

    Raises:
        NotRunning: the day is not one of the term's.
        CannotWithdraw: seven days are over, or the customer had the service before.
    """
    stands = Standing.of(term_id, on=on)
    stands.check_serving()
    term = stands.term
    is_whole = mode is RefundMode.CN_PREPAID_7D
    if is_whole and not may_withdraw(bought_on(term), on, had_it_before=term.number > 1):
        raise CannotWithdraw(bought_on=bought_on(term))
    items = [
        Item(
            kind=LineKind.CREDIT,
            ref=ref_of(term_id, add_on=code, line=one.line_id or 0),
            said=_BACK.fill(what=one.said),
            unit=one.paid,
            period=Period(on, one.period.ends_on),
            stretch=WHOLE if is_whole else rest_of(one.period, on, pauses=stands.pauses),
            tax_share=stands.tax_share(term.plan_version),
        )
        for code in ("", *add_on_codes(stands.lines))
        for one in stands.open_lines(code=code)
    ]
    return price(Basket(term.currency, tuple(items)))
