"""A bill: what is paid, line by line, and the digest by which it is recognised."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.basket import LineKind
from tenure.records.billing.pricing.metering import UsageRow


@dataclass(frozen=True, slots=True)
class Taken:
    """What one discount took off a line; zero where it gave free time instead."""

    id: str
    said: Sentence
    amount: Money


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `list_price − discount = amount = net + tax`.

    `period` holds the free days at its end, of which `free_days` tells the number. `gift` is
    what those days would have cost; it is never charged (R-A-016).
    """

    kind: LineKind
    ref: str
    said: Sentence
    period: Period
    quantity: int
    list_price: Money
    discount: Money
    amount: Money
    tax_share: Decimal
    net: Money
    tax: Money
    free_days: int
    gift: Money
    taken: tuple[Taken, ...] = ()
    statement: tuple[UsageRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Bill:
    """What a basket costs: the lines, less the customer's own balance.

    Below zero the total is owed to the customer: it goes to the balance first (R-Y-066).
    """

    currency: str
    lines: tuple[Line, ...]
    balance: Money

    @property
    def subtotal(self) -> Money:
        """The sum of the lines."""
        return Money.total((one.amount for one in self.lines), currency=self.currency)

    @property
    def total(self) -> Money:
        """What remains after the balance was used."""
        return self.subtotal - self.balance

    @property
    def to_pay(self) -> Money:
        """What the customer pays now, zero or more."""
        return max(self.total, Money.zero(self.currency))

    @property
    def to_credit(self) -> Money:
        """What the customer gets as a balance, zero or more."""
        return max(-self.total, Money.zero(self.currency))

    @property
    def list_total(self) -> Money:
        return Money.total((one.list_price for one in self.lines), currency=self.currency)

    @property
    def discount_total(self) -> Money:
        return Money.total((one.discount for one in self.lines), currency=self.currency)

    @property
    def net_total(self) -> Money:
        return Money.total((one.net for one in self.lines), currency=self.currency)

    @property
    def tax_total(self) -> Money:
        return Money.total((one.tax for one in self.lines), currency=self.currency)

    @property
    def digest(self) -> str:
        """64 hex digits that change whenever anything on the bill does."""
        return digest_of(self.as_document())

    def of(self, ref: str) -> tuple[Line, ...]:
        """The lines that are for one thing."""
        return tuple(one for one in self.lines if one.ref == ref)

    def as_document(self) -> dict[str, Any]:
        """The bill as JSON can carry it; `Bill.read` gives the same bill back."""
        return {
            "currency": self.currency,
            "lines": [_line_document(one) for one in self.lines],
            "balance_minor": self.balance.amount_minor,
            "total_minor": self.total.amount_minor,
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """The bill that `as_document` wrote."""
        currency = document["currency"]
        bill = cls(
            currency=currency,
            lines=tuple(_read_line(one, currency) for one in document["lines"]),
            balance=Money(document["balance_minor"], currency),
        )
        assert bill.total.amount_minor == document["total_minor"], "a stored bill adds up"
        return bill


def digest_of(document: Mapping[str, Any]) -> str:
    """The digest of a bill that was written as a document already."""
    form = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(form.encode()).hexdigest()


def _both(said: Sentence) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}


def _sentence(both: Mapping[str, str]) -> Sentence:
    return Sentence(zh=both["zh"], en=both["en"])


def _line_document(line: Line) -> dict[str, Any]:
    return {
        "kind": str(line.kind),
        "ref": line.ref,
        "said": _both(line.said),
        "starts_on": str(line.period.starts_on),
        "ends_on": str(line.period.ends_on),
        "quantity": line.quantity,
        "list_minor": line.list_price.amount_minor,
        "discount_minor": line.discount.amount_minor,
        "amount_minor": line.amount.amount_minor,
        "tax_share": f"{line.tax_share.normalize():f}",
        "net_minor": line.net.amount_minor,
        "tax_minor": line.tax.amount_minor,
        "free_days": line.free_days,
        "gift_minor": line.gift.amount_minor,
        "taken": [
            {"id": one.id, "said": _both(one.said), "amount_minor": one.amount.amount_minor}
            for one in line.taken
        ],
        "statement": [
            {
                "units": one.units,
                "price_minor": one.price.amount_minor,
                "per": one.per,
                "amount_minor": one.amount.amount_minor,
            }
            for one in line.statement
        ],
    }


def _read_line(row: Mapping[str, Any], currency: str) -> Line:
    def money(key: str, of: Mapping[str, Any] = row) -> Money:
        return Money(of[f"{key}_minor"], currency)

    return Line(
        kind=LineKind(row["kind"]),
        ref=row["ref"],
        said=_sentence(row["said"]),
        period=Period(date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])),
        quantity=row["quantity"],
        list_price=money("list"),
        discount=money("discount"),
        amount=money("amount"),
        tax_share=Decimal(row["tax_share"]),
        net=money("net"),
        tax=money("tax"),
        free_days=row["free_days"],
        gift=money("gift"),
        taken=tuple(
            Taken(one["id"], _sentence(one["said"]), money("amount", one)) for one in row["taken"]
        ),
        statement=tuple(
            UsageRow(one["units"], money("price", one), one["per"], money("amount", one))
            for one in row["statement"]
        ),
    )
