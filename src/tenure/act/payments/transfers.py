"""A bank statement that somebody uploads: each line tells what became of it, and pays once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tenure.act.payments import registry
from tenure.act.payments.asking import believe
from tenure.act.payments.fulfilment import run_effects
from tenure.act.payments.providers.bank.provider import BankTransfer, found_from
from tenure.act.payments.providers.bank.rules import Expected, Match, Matched
from tenure.act.payments.providers.bank.statements import BadLine
from tenure.act.payments.registry import NoSuchProvider
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.billing.states import OPEN, Origin
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import business_day

NAME = "bank"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a statement did: its lines with their matches, those paid before, and the bad ones."""

    lines: tuple[Matched, ...]
    known: frozenset[str]  # ids of lines that an earlier upload took
    bad: tuple[BadLine, ...]

    @property
    def paid(self) -> int:
        """How many payments came in by this upload."""
        return sum(one.match is Match.PAID for one in self.lines)


def is_offered() -> bool:
    """Whether anybody can pay by transfer here."""
    return NAME in registry.names_offered()


def take_statement(content: bytes, *, at: datetime, by: str) -> Taken:
    """Let every line pay that names a waiting payment and has its exact amount.

    Uploaded again it pays nothing twice. What does not fit is told and left to a person.

    Raises:
        NoSuchProvider: nobody takes transfers here.
        UnreadableStatement: nothing of the file can be read.
    """
    bank = registry.provider_of(NAME)
    if not isinstance(bank, BankTransfer):
        raise NoSuchProvider(method=NAME, known=registry.names_offered())
    waiting = Payment.objects.filter(source=NAME, state__in=OPEN, number__isnull=False)
    expected = [
        Expected(str(number), Money(minor, currency))
        for number, minor, currency in waiting.order_by("pk").values_list(
            "number", "amount_minor", "currency"
        )
    ]
    lines, bad = bank.read_lines(content, expected)
    known = _known(lines)
    for one in lines:
        if one.match is Match.PAID:
            _pay(one, at=at, by=by)
    taken = Taken(tuple(lines), known, bad)
    _note(taken, at=at, by=by)
    return taken


def _known(lines: Sequence[Matched]) -> frozenset[str]:
    """Lines that paid on an earlier day: the same id stands with their payment."""
    ids = [one.line.line_id for one in lines]
    before = Payment.objects.filter(source=NAME, provider_id__in=ids, paid_at__isnull=False)
    return frozenset(before.values_list("provider_id", flat=True))


def _pay(one: Matched, *, at: datetime, by: str) -> None:
    payment = Payment.objects.get(number=one.number, source=NAME)
    believe(payment, found_from(one), at=at, by=by, origin=Origin.IMPORT)
    run_effects(at=at, by=by, payment_id=payment.pk)


@transaction.atomic
def _note(taken: Taken, *, at: datetime, by: str) -> None:
    content = {"lines": len(taken.lines), "paid": taken.paid, "bad": len(taken.bad)}
    append(Fact("statement.taken", on=business_day(at), content=content), at=at, by=by)
