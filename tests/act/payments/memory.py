"""A payment provider in memory, honest in its books and unreliable in its answers.

It signs what it says, keeps one payment for each number, and can be told to lose answers before or
after it acted. What it would notify waits in `outbox`, to be delivered once, twice, late or never.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import RLock
from typing import Any

from tenure.act.payments.provider import BadNotice, NotOffered, ProviderDown, ProviderRefused
from tenure.act.payments.values import (
    About,
    Acknowledgement,
    AgreementCharge,
    AgreementFound,
    AgreementRequest,
    BillKind,
    BillRow,
    Charge,
    Found,
    HandOff,
    HandOffKind,
    Notice,
    PreNotice,
    PreNotified,
    RefundFound,
    RefundOrder,
    RefundStatus,
    Status,
)
from tenure.kernel.clock import today
from tenure.kernel.money import Money

ZONE = "Asia/Shanghai"


@dataclass
class Held:
    """One payment as the provider has it."""

    number: str
    amount: Money
    status: Status = Status.PENDING
    paid: Money | None = None
    paid_at: datetime | None = None
    refunds: dict[str, RefundFound] = field(default_factory=dict)

    @property
    def provider_id(self) -> str:
        return f"tx-{self.number}"


@dataclass(frozen=True)
class Letter:
    """One notification on its way: headers and body."""

    headers: Mapping[str, str]
    body: bytes


class MemoryProvider:
    """Keeps payments in a dictionary; faults are lists of verbs whose next answer is lost."""

    ways = frozenset({"native", "page"})
    signs = False

    def __init__(self, name: str = "wechat", *, fee_per_mille: int = 6) -> None:
        self.name, self.merchant = name, f"merchant-{name}"
        self.fee_per_mille = fee_per_mille
        self.billed_as: dict[str, Status] = {}
        self.held: dict[str, Held] = {}
        self.outbox: list[Letter] = []
        self.calls: list[str] = []
        self.loses: list[str] = []  # the answer, after it acted
        self.is_deaf_to: set[str] = set()  # the question: nothing happens at all
        self.lock = RLock()
        self.events = 0

    # What we call.

    def create(self, charge: Charge, *, at: datetime) -> HandOff:
        with self._answering("create", charge.number):
            if charge.way not in self.ways:
                raise NotOffered(provider=self.name, what=charge.way)
            held = self.held.setdefault(charge.number, Held(charge.number, charge.amount))
            assert held.amount == charge.amount, "one number is one amount"
            if held.status == Status.SUCCEEDED:
                raise ProviderRefused(provider=self.name, reason="ORDERPAID")
            return HandOff(HandOffKind.QR, url=f"pay://{self.name}/{charge.number}")

    def query(self, number: str, *, at: datetime, provider_id: str = "") -> Found:
        with self._answering("query", number):
            held = self.held.get(number)
            if held is None:
                return Found(number, Status.CLOSED)
            return Found(number, held.status, held.provider_id, held.paid, held.paid_at)

    def close(self, number: str, *, at: datetime, provider_id: str = "") -> None:
        with self._answering("close", number):
            held = self.held.get(number)
            if held is None:
                return
            if held.status == Status.SUCCEEDED:
                raise ProviderRefused(provider=self.name, reason="ORDERPAID")
            held.status = Status.CLOSED

    def refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        with self._answering("refund", order.number):
            held = self.held[order.number]
            known = held.refunds.get(order.refund_number)
            if known is None:
                assert held.paid is not None, "only what was paid is refunded"
                gone = Money.total(
                    (one.amount for one in held.refunds.values() if one.amount),
                    currency=held.paid.currency,
                )
                if gone + order.amount > held.paid:
                    raise ProviderRefused(provider=self.name, reason="NOT_ENOUGH")
                known = RefundFound(
                    order.number,
                    order.refund_number,
                    RefundStatus.SUCCEEDED,
                    f"re-{order.refund_number}",
                    order.amount,
                    at,
                )
                held.refunds[order.refund_number] = known
            return known

    def query_refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        with self._answering("query_refund", order.number):
            missing = RefundFound(order.number, order.refund_number, RefundStatus.FAILED)
            return self.held[order.number].refunds.get(order.refund_number, missing)

    def sign_agreement(self, request: AgreementRequest, *, at: datetime) -> HandOff:
        raise NotOffered(provider=self.name, what="agreements")

    def query_agreement(
        self, number: str, *, at: datetime, agreement_id: str = ""
    ) -> AgreementFound:
        raise NotOffered(provider=self.name, what="agreements")

    def pre_notify(self, notice: PreNotice, *, at: datetime) -> PreNotified | None:
        return None

    def charge_agreement(self, charge: AgreementCharge, *, at: datetime) -> Found:
        """Deducts at once; asked again under the same number it is the same deduction."""
        with self._answering("charge_agreement", charge.number):
            held = self.held.setdefault(charge.number, Held(charge.number, charge.amount))
            if held.status == Status.PENDING:
                if charge.agreement_id.startswith("poor"):
                    held.status = Status.FAILED
                else:
                    held.status, held.paid, held.paid_at = Status.SUCCEEDED, held.amount, at
            code = "insufficient_funds" if held.status == Status.FAILED else ""
            return Found(
                charge.number, held.status, held.provider_id, held.paid, held.paid_at, code
            )

    def terminate_agreement(self, number: str, *, at: datetime, agreement_id: str) -> None:
        self.calls.append("terminate_agreement")

    def verify_notification(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> Notice:
        if not hmac.compare_digest(headers.get("x-signature", ""), self._signature(body)):
            raise BadNotice(provider=self.name, why="signature")
        said = json.loads(body)
        amount = Money.parse(said["amount"]) if said.get("amount") else None
        refund_status = RefundStatus(said["refund_status"]) if said["refund_status"] else None
        return Notice(
            event_id=said["event_id"],
            about=About(said["about"]),
            number=said["number"],
            status=Status(said["status"]),
            merchant=said["merchant"],
            at=datetime.fromisoformat(said["at"]),
            provider_id=said["provider_id"],
            amount=amount,
            refund_number=said["refund_number"],
            refund_status=refund_status,
        )

    def acknowledgement(self, *, is_taken: bool) -> Acknowledgement:
        return Acknowledgement(200 if is_taken else 400, "text/plain", b"ok" if is_taken else b"no")

    def download_bill(self, day: date, *, at: datetime) -> Sequence[BillRow]:
        with self._answering("download_bill", ""):
            rows = [row for held in self.held.values() for row in self._billed(held)]
        return [row for on, row in rows if on == day]

    def _billed(self, held: Held) -> Iterator[tuple[date, BillRow]]:
        """What one payment puts on the bill, each with its day."""
        if held.paid is not None and held.paid_at is not None:
            fee = Money(held.paid.amount_minor * self.fee_per_mille // 1000, held.paid.currency)
            about = (held.number, held.provider_id, BillKind.PAYMENT, held.paid, fee)
            status = self.billed_as.get(held.number, Status.SUCCEEDED)
            yield today(ZONE, held.paid_at), BillRow(*about, status)
        for found in held.refunds.values():
            assert found.amount is not None
            assert found.refunded_at is not None
            nothing = Money.zero(found.amount.currency)
            about = (held.number, found.provider_id, BillKind.REFUND, found.amount, nothing)
            row = BillRow(*about, Status.REFUNDED, found.refund_number)
            yield today(ZONE, found.refunded_at), row

    # What a customer and a test do.

    def pay(self, number: str, *, at: datetime, amount: Money | None = None) -> Letter:
        """The customer pays, even what was closed: that is the provider's doing, not ours."""
        with self.lock:
            held = self.held[number]
            if held.paid is None:
                held.status, held.paid, held.paid_at = Status.SUCCEEDED, amount or held.amount, at
            letter = self.letter(number, status=Status.SUCCEEDED)
            self.outbox.append(letter)
            return letter

    def letter(self, number: str, /, *, status: Status, **said: Any) -> Letter:
        """A signed notification, as it stands or with other words."""
        with self.lock:
            held = self.held[number]
            self.events += 1
            content = {
                "event_id": f"{self.name}-event-{self.events}",
                "about": "payment",
                "number": number,
                "status": str(status),
                "merchant": self.merchant,
                "at": (held.paid_at or datetime(2026, 1, 1, tzinfo=UTC)).isoformat(),
                "provider_id": held.provider_id,
                "amount": str(held.paid or held.amount),
                "refund_number": "",
                "refund_status": "",
                **said,
            }
            body = json.dumps(content).encode()
            return Letter({"x-signature": self._signature(body)}, body)

    def _signature(self, body: bytes) -> str:
        return hmac.new(f"secret of {self.name}".encode(), body, hashlib.sha256).hexdigest()

    def _answering(self, verb: str, number: str) -> "_Answering":
        return _Answering(self, verb, number)


class _Answering:
    """One call: counted, one at a time, and perhaps without an answer."""

    def __init__(self, provider: MemoryProvider, verb: str, number: str) -> None:
        self.provider, self.verb, self.number = provider, verb, number

    def __enter__(self) -> None:
        self.provider.lock.acquire()
        self.provider.calls.append(self.verb)
        if self.verb in self.provider.is_deaf_to:
            self.provider.lock.release()
            raise ProviderDown(provider=self.provider.name, why="timeout")

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        loses = kind is None and self.verb in self.provider.loses
        if loses:
            self.provider.loses.remove(self.verb)
        self.provider.lock.release()
        if loses:
            raise ProviderDown(provider=self.provider.name, why="timeout after the fact")
