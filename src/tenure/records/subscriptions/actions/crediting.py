"""Write down on a term what went back of its price, whatever became of the term itself."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.db import transaction

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.billing.pricing.basket import LineKind
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.subscriptions.actions.lines import COLUMNS
from tenure.records.subscriptions.actions.moves import locked
from tenure.records.subscriptions.models import Term, TermLine

_SAID = Sentence(zh="退款", en="Refund")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WentBack:
    """So much of what was charged for a term, tax included; the same `key` is written once."""

    term_id: int
    amount: Money
    on: date
    key: str

    @property
    def once_key(self) -> str:
        return f"credit:{self.key}"


@transaction.atomic
def credit_term(back: WentBack, *, at: datetime, by: str) -> bool:
    """Add the credit to the term's lines, its tax in proportion; whether that was new.

    It closes no line: what was sold stays or ends by verbs of its own. Where the term was ended
    with a bill that wrote the credit down already (`end_with_refund`), nothing is added.
    """
    term = locked(back.term_id)
    lines = list(TermLine.objects.filter(term=term).order_by("pk"))
    if any(one.once_key in (back.once_key, f"refund:{term.pk}:0") for one in lines):
        return False
    insert_rows(TermLine, [_row(term, lines, back=back, at=at)], columns=COLUMNS)
    fact = Fact(
        "term.credited",
        on=back.on,
        account_id=term.account_id,
        term_id=term.pk,
        content={"amount_minor": back.amount.amount_minor, "currency": back.amount.currency},
        once_key=f"term.credited:{back.key}",
    )
    append(fact, at=at, by=by)
    return True


def _row(term: Term, lines: list[TermLine], *, back: WentBack, at: datetime) -> tuple[object, ...]:
    starts_on = min(max(back.on, term.starts_on), term.ends_on - _DAY)
    amount, tax = back.amount.amount_minor, _tax(term, lines, amount=back.amount).amount_minor
    return (
        term.account_id, term.pk, str(LineKind.CREDIT), "", _SAID.zh, _SAID.en, back.on, starts_on,
        term.ends_on, 1, -amount, -amount, -tax, term.currency, None, back.once_key, 0, at,
    )  # fmt: skip


def _tax(term: Term, lines: list[TermLine], *, amount: Money) -> Money:
    """The tax inside an amount, so that all that went back holds all the tax and no more."""
    zero = Money.zero(term.currency)
    sold = [one for one in lines if one.kind != LineKind.CREDIT]
    has_itself = any(one.kind == LineKind.RENEWAL for one in sold)
    gross = sum(one.amount_minor for one in sold) + (0 if has_itself else term.price_minor)
    tax = sum(one.tax_minor for one in sold) + (0 if has_itself else term.tax_minor)
    before = [one for one in lines if one.kind == LineKind.CREDIT and one.closes_id is None]
    gone = sum((Money(-one.amount_minor, term.currency) for one in before), start=zero)
    taken = sum((Money(-one.tax_minor, term.currency) for one in before), start=zero)
    if gross <= 0:
        return zero
    share = Fraction((gone + amount).amount_minor, gross)
    return Money(tax, term.currency).share_of(share) - taken
