"""What a bill and our own records say of the same thing, and whether a day's sums agree."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from tenure.act.payments.values import BillKind, BillRow, Status

# When a day's bill is fetched, on the next day (R-Y-080), and how long a gap may stay quiet.
FETCHED_AT: Final = time(10, 30)
QUIET_FOR: Final = timedelta(hours=24)


class Finding(StrEnum):
    """How a line of a bill and our own record agree."""

    MATCHED = "matched"
    MISSING_LOCAL = "missing_local"  # paid there, and not known as paid here
    MISSING_PROVIDER = "missing_provider"  # paid here, and not on the bill
    AMOUNT_DIFF = "amount_diff"
    STATUS_DIFF = "status_diff"
    FEE_DIFF = "fee_diff"
    REFUND_DIFF = "refund_diff"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What is compared: one payment, or one refund of it."""

    kind: str
    number: str
    refund_number: str = ""


@dataclass(frozen=True, slots=True)
class Ours:
    """Our own record of it; `fee_minor` is None where no bill told it yet."""

    key: Key
    amount_minor: int
    currency: str
    is_money: bool
    fee_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing, as both sides have it; None where a side does not."""

    key: Key
    finding: Finding
    theirs_minor: int | None
    ours_minor: int | None
    currency: str


def key_of(row: BillRow) -> Key:
    """What a line of a bill is about."""
    return Key(str(row.kind), row.number, row.refund_number)


def compare(bill: Iterable[BillRow], ours: Iterable[Ours]) -> list[Compared]:
    """Every line of a bill beside our record, then what we have and the bill has not."""
    known = {one.key: one for one in ours}
    found = [_beside(row, known.get(key_of(row))) for row in bill]
    billed = {one.key for one in found}
    missing = [one for key, one in known.items() if one.is_money and key not in billed]
    return found + [_alone(one) for one in missing]


def _beside(row: BillRow, ours: Ours | None) -> Compared:
    return Compared(
        key_of(row),
        _finding(row, ours),
        row.amount.amount_minor,
        ours.amount_minor if ours is not None and ours.is_money else None,
        row.amount.currency,
    )


def _finding(row: BillRow, ours: Ours | None) -> Finding:
    is_refund = row.kind == BillKind.REFUND
    if ours is None or not ours.is_money:
        return Finding.REFUND_DIFF if is_refund else Finding.MISSING_LOCAL
    if (ours.amount_minor, ours.currency) != (row.amount.amount_minor, row.amount.currency):
        return Finding.REFUND_DIFF if is_refund else Finding.AMOUNT_DIFF
    if not is_refund and row.status in (Status.FAILED, Status.CLOSED, Status.PENDING):
        return Finding.STATUS_DIFF
    if ours.fee_minor is not None and ours.fee_minor != row.fee.amount_minor:
        return Finding.FEE_DIFF
    return Finding.MATCHED


def _alone(ours: Ours) -> Compared:
    is_refund = ours.key.kind == BillKind.REFUND
    finding = Finding.REFUND_DIFF if is_refund else Finding.MISSING_PROVIDER
    return Compared(ours.key, finding, None, ours.amount_minor, ours.currency)


@dataclass(frozen=True, slots=True)
class Sums:
    """A bill's sums in one currency: what came, what went back, what the provider kept."""

    gross_minor: int
    refunds_minor: int
    fees_minor: int

    @property
    def settlement_minor(self) -> int:
        """What the provider owes us for the day: gross less refunds less fees (R-Y-082)."""
        return self.gross_minor - self.refunds_minor - self.fees_minor


def sums_of(bill: Sequence[BillRow]) -> dict[str, Sums]:
    """Currency → the sums of a bill."""
    found = {}
    for currency in sorted({row.amount.currency for row in bill}):
        rows = [row for row in bill if row.amount.currency == currency]
        amounts = {
            kind: sum(row.amount.amount_minor for row in rows if row.kind == kind)
            for kind in BillKind
        }
        fees = sum(row.fee.amount_minor for row in rows)
        found[currency] = Sums(amounts[BillKind.PAYMENT], amounts[BillKind.REFUND], fees)
    return found


def balances(sums: Mapping[str, Sums], ledger_minor: Mapping[str, int]) -> bool:
    """Whether Σ ledger receipts = Σ bill gross − Σ refunds in every currency (R-Y-082)."""
    currencies = {*sums, *ledger_minor}
    nothing = Sums(0, 0, 0)
    return all(
        ledger_minor.get(one, 0)
        == sums.get(one, nothing).gross_minor - sums.get(one, nothing).refunds_minor
        for one in currencies
    )


def bill_digest(bill: Iterable[BillRow]) -> str:
    """64 hex digits of a bill's content, whatever the order of its lines."""
    lines = sorted(json.dumps(asdict(row), sort_keys=True, default=str) for row in bill)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def report_hash(provider: str, day: str, *, digest: str, found: Iterable[Compared]) -> str:
    """64 hex digits of a day's report: the bill, and what was found when it was first read."""
    rows = sorted(
        [*asdict(one.key).values(), str(one.finding), one.theirs_minor, one.ours_minor]
        for one in found
    )
    form = json.dumps([provider, day, digest, rows], default=str)
    return hashlib.sha256(form.encode()).hexdigest()


def is_alarming(finding: Finding, *, day_ended_at: datetime, at: datetime) -> bool:
    """Whether a gap has been open for too long to stay quiet (R-Y-081)."""
    return finding == Finding.MISSING_PROVIDER and at - day_ended_at > QUIET_FOR
