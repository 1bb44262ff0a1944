"""A bank transfer behind the common protocol: nobody can be asked, a statement tells."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

from tenure.act.payments.configuration import BankAccount
from tenure.act.payments.provider import BadNotice, NotOffered
from tenure.act.payments.providers.bank.rules import Expected, Match, Matched, matched, reference_of
from tenure.act.payments.providers.bank.statements import BadLine, lines_of, read
from tenure.act.payments.providers.mandateless import Mandateless
from tenure.act.payments.values import (
    Acknowledgement,
    BillRow,
    Charge,
    Found,
    HandOff,
    HandOffKind,
    Notice,
    RefundFound,
    RefundOrder,
    RefundStatus,
    Status,
)
from tenure.kernel.failures import Sentence

_NOBODY: Final = Sentence(zh="银行不会发来通知", en="a bank sends none")


class BankTransfer(Mandateless):
    """One account that customers transfer to."""

    name = "bank"
    ways = frozenset({"transfer"})

    def __init__(self, account: BankAccount) -> None:
        self._account = account
        self.merchant = account.number

    def create(self, charge: Charge, *, at: datetime) -> HandOff:
        currency = charge.amount.currency
        if charge.way not in self.ways or currency != self._account.currency:
            raise NotOffered(provider=self.name, what=f"{charge.way} {currency}")
        fields = {
            "holder": self._account.holder,
            "bank": self._account.bank,
            "account": self._account.number,
            "amount": str(charge.amount),
            "reference": reference_of(charge.number, prefix=self._account.reference_prefix),
        }
        return HandOff(HandOffKind.INSTRUCTIONS, fields=fields, provider_id=fields["reference"])

    def query(self, number: str, *, at: datetime, provider_id: str = "") -> Found:
        """Pending, for all that anybody knows, until a statement says otherwise."""
        return Found(number, Status.PENDING, is_known=False)

    def close(self, number: str, *, at: datetime, provider_id: str = "") -> None:
        """Nobody can be kept from transferring; what comes late is told by the statement."""
        assert number, "a payment has a number"

    def refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        """Nothing moves by itself: a person transfers it back and says so."""
        return RefundFound(order.number, order.refund_number, RefundStatus.ABNORMAL)

    def query_refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        return self.refund(order, at=at)

    def verify_notification(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> Notice:
        raise BadNotice(provider=self.name, why=_NOBODY)

    def acknowledgement(self, *, is_taken: bool) -> Acknowledgement:
        return Acknowledgement(404, "text/plain", b"")

    def download_bill(self, day: date, *, at: datetime) -> Sequence[BillRow]:
        """Nothing: a statement is uploaded, see `read_statement`."""
        return ()

    def read_statement(self, content: bytes, waiting: Sequence[Expected]) -> list[Matched]:
        """Match the lines of a statement's CSV to the payments that wait.

        Raises:
            UnreadableStatement: nothing of it was taken.
        """
        return matched(lines_of(content, currency=self._account.currency), waiting)

    def read_lines(
        self, content: bytes, waiting: Sequence[Expected]
    ) -> tuple[list[Matched], tuple[BadLine, ...]]:
        """The same, with the lines that nobody can read beside those that are matched.

        Raises:
            UnreadableStatement: nothing of it can be read.
        """
        statement = read(content, currency=self._account.currency)
        return matched(statement.lines, waiting), statement.bad


def found_from(one: Matched) -> Found:
    """A line that paid, as a provider's answer about its payment."""
    assert one.match is Match.PAID, "only a line of the right amount pays"
    return Found(
        number=one.number,
        status=Status.SUCCEEDED,
        provider_id=one.line.line_id,
        amount=one.line.amount,
        paid_at=datetime(one.line.on.year, one.line.on.month, one.line.on.day, tzinfo=UTC),
    )
