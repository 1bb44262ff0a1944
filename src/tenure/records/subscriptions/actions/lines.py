"""Write down what a bill charged for a term, where the term alone does not say it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tenure.kernel.money import Money
from tenure.records.billing.actions import Receipt, record_payment
from tenure.records.billing.credits.actions import move_balance
from tenure.records.billing.credits.rules import Movement
from tenure.records.billing.pricing.basket import LineKind
from tenure.records.billing.pricing.bill import Bill, Line
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.subscriptions.models import Term, TermLine
from tenure.records.subscriptions.quoting.values import add_on_of, closed_by
from tenure.records.subscriptions.rules import PaidBy

COLUMNS = (
    "account_id", "term_id", "kind", "code", "name_zh", "name_en", "sold_on", "starts_on",
    "ends_on", "quantity", "list_minor", "amount_minor", "tax_minor", "currency", "closes_id",
    "once_key", "extended_days", "recorded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Charged:
    """A bill for a running term that was accepted: on which day, under which key, paid by what.

    The same key is written once. `is_to_balance`: what is owed back stays with us as a balance.
    """

    bill: Bill
    on: date
    key: str
    paid_by: PaidBy | None = None
    is_to_balance: bool = True


def row_of(line: Line, term: Term, *, on: date, key: str, at: datetime) -> tuple[object, ...]:
    """The values of `COLUMNS` for one line of a bill."""
    named = (term.account_id, term.pk, str(line.kind), add_on_of(line.ref))
    said = (line.said.zh[:200], line.said.en[:200], on)
    days = (line.period.starts_on, line.period.ends_on, line.quantity)
    amounts = (line.list_price.amount_minor, line.amount.amount_minor, line.tax.amount_minor)
    return (*named, *said, *days, *amounts, term.currency, closed_by(line.ref), key, 0, at)


def is_written(term: Term, key: str) -> bool:
    """Whether a bill with this key was written down for the term."""
    return TermLine.objects.filter(term=term, once_key=f"{key}:0").exists()


def write_bill(term: Term, charged: Charged, *, at: datetime, by: str) -> None:
    """Close what is given back, add what is charged, and settle the customer's balance.

    What was charged for the term so far is written down first: from now on its row says what a
    whole term like it costs.
    """
    bill, on = charged.bill, charged.on
    insert_rows(TermLine, [itself(term, at=at)], columns=COLUMNS)
    rows = []
    for place, line in enumerate(bill.lines):
        row = list(row_of(line, term, on=on, key=f"{charged.key}:{place}", at=at))
        if line.kind is LineKind.CREDIT:
            row[COLUMNS.index("closes_id")] = _closed(term, line, on=on)
        rows.append(row)
    insert_rows(TermLine, rows, columns=COLUMNS)
    fact = Fact(
        "term.charged",
        on=on,
        account_id=term.account_id,
        term_id=term.pk,
        content={"total_minor": bill.total.amount_minor, "currency": bill.currency,
                 "digest": bill.digest},
        once_key=f"term.charged:{charged.key}",
    )  # fmt: skip
    append(fact, at=at, by=by)
    settle_balance(term, charged, at=at, by=by)
    if charged.paid_by is not None:
        record_payment(_receipt(term, charged, charged.paid_by), at=at, by=by)


def settle_balance(term: Term, charged: Charged, *, at: datetime, by: str) -> None:
    """What the bill gives back goes to the balance, what it used of it comes off (R-Y-066)."""
    bill = charged.bill
    owed = bill.to_credit if charged.is_to_balance else Money.zero(bill.currency)
    moves: Iterable[tuple[str, Money]] = (
        ("bill.credited", owed),
        ("bill.paid", -bill.balance),
    )
    for reason, amount in moves:
        if amount.amount_minor:
            movement = Movement(
                account_id=term.account_id,
                amount=amount,
                reason=reason,
                on=charged.on,
                once_key=f"{reason}:{charged.key}",
                term_id=term.pk,
            )
            move_balance(movement, at=at, by=by)


def _closed(term: Term, line: Line, *, on: date) -> int:
    """Close the line that a credit gives back."""
    line_id = closed_by(line.ref)
    assert line_id is not None, "a credit names what it gives back"
    rows = TermLine.objects.filter(term=term)
    if line_id == 0:
        line_id = rows.get(once_key=f"term:{term.pk}").pk
    closed = rows.filter(pk=line_id, closed_on=None).update(closed_on=on)
    assert closed == 1, "a line is given back once"
    return line_id


def itself(term: Term, *, at: datetime) -> tuple[object, ...]:
    """What was charged for the term as it was bought."""
    plan = term.plan_version.plan
    named = (term.account_id, term.pk, str(LineKind.RENEWAL), "", plan.name_zh, plan.name_en)
    days = (term.starts_on, term.starts_on, term.ends_on, term.subscription.quantity)
    amounts = (term.list_price_minor, term.price_minor, term.tax_minor)
    return (*named, *days, *amounts, term.currency, None, f"term:{term.pk}",
            term.extended_days, at)  # fmt: skip


def _receipt(term: Term, charged: Charged, paid_by: PaidBy) -> Receipt:
    return Receipt(
        account_id=term.account_id,
        term_id=term.pk,
        source=paid_by.source,
        external_id=paid_by.external_id,
        method=paid_by.method,
        amount_minor=charged.bill.to_pay.amount_minor,
        currency=term.currency,
        paid_on=charged.on,
    )
