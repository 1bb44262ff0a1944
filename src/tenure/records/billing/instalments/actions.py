"""Agree on a schedule, and take what is paid towards it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.kernel.money import Money
from tenure.records.billing.instalments.models import (
    Instalment,
    InstalmentPayment,
    InstalmentPlan,
)
from tenure.records.billing.instalments.queries import dues_of, rules_of
from tenure.records.billing.instalments.rules import schedule, settle
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows


@dataclass(frozen=True, slots=True)
class Agreement:
    """The price of a term in so many parts, the first due on a day."""

    account_id: int
    term_id: int
    total: Money
    parts: int
    first_on: date


@dataclass(frozen=True, slots=True)
class PaidIn:
    """A payment towards a schedule; the same key counts once."""

    plan_id: int
    amount: Money
    on: date
    key: str


@transaction.atomic
def agree(wanted: Agreement, *, at: datetime, by: str) -> InstalmentPlan:
    """Split the price of a term (OFR-07); agreed again, the schedule that is there.

    Raises:
        NoSuchSplit: so many parts are not offered, or not for so small a price.
    """
    dues = schedule(
        wanted.total, parts=wanted.parts, first_on=wanted.first_on, rules=rules_of(wanted.first_on)
    )
    plan, is_new = InstalmentPlan.objects.get_or_create(
        term_id=wanted.term_id,
        defaults={
            "account_id": wanted.account_id,
            "currency": wanted.total.currency,
            "total_minor": wanted.total.amount_minor,
            "agreed_on": wanted.first_on,
            "recorded_at": at,
        },
    )
    if not is_new:
        return plan
    rows = [(plan.pk, one.number, one.due_on, one.amount_minor) for one in dues]
    insert_rows(Instalment, rows, columns=("plan_id", "number", "due_on", "amount_minor"))
    fact = Fact(
        "instalments.agreed",
        on=wanted.first_on,
        account_id=wanted.account_id,
        term_id=wanted.term_id,
        content={"parts": wanted.parts, "total_minor": wanted.total.amount_minor,
                 "currency": wanted.total.currency},
        once_key=f"instalments:{plan.pk}",
    )  # fmt: skip
    append(fact, at=at, by=by)
    return plan


@transaction.atomic
def pay_in(paid: PaidIn, *, at: datetime, by: str) -> InstalmentPlan:
    """Settle the oldest dues with a payment, the last of them perhaps in part.

    Raises:
        PaidTooMuch: more than is still owed.
    """
    plan = InstalmentPlan.objects.select_for_update().get(pk=paid.plan_id)
    if InstalmentPayment.objects.filter(once_key=paid.key).exists():
        return plan
    dues = dues_of(plan.pk)
    for due, part in zip(dues, settle(dues, paid.amount), strict=True):
        if part == 0:
            continue
        is_whole = part == due.open_minor
        Instalment.objects.filter(plan=plan, number=due.number).update(
            paid_minor=due.paid_minor + part, paid_on=paid.on if is_whole else None
        )
    InstalmentPayment.objects.create(
        plan=plan,
        amount_minor=paid.amount.amount_minor,
        on=paid.on,
        once_key=paid.key,
        recorded_at=at,
    )
    fact = Fact(
        "instalment.paid",
        on=paid.on,
        account_id=plan.account_id,
        term_id=plan.term_id,
        content={"amount_minor": paid.amount.amount_minor, "currency": plan.currency},
        once_key=f"instalment.paid:{paid.key}",
    )
    append(fact, at=at, by=by)
    return plan
