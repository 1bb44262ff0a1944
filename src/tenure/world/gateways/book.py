"""What a gateway has on its books: orders, refunds and mandates, in memory, for one run."""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from tenure.kernel import clock

BEIJING = ZoneInfo("Asia/Shanghai")
_FEE_PER_MILLE = 6


class Standing(StrEnum):
    """How an order stands."""

    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"
    CLOSED = "closed"


class Signed(StrEnum):
    """How a mandate stands."""

    OPEN = "open"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(slots=True)
class GivenBack:
    """A refund that was made."""

    number: str
    provider_id: str
    amount_minor: int
    at: datetime
    notify_url: str = ""


@dataclass(slots=True)
class Deal:
    """One order as the merchant placed it, and what became of it."""

    number: str
    provider_id: str
    amount_minor: int
    currency: str
    title: str
    way: str
    notify_url: str
    return_url: str = ""
    expires_at: datetime | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    standing: Standing = Standing.OPEN
    paid_at: datetime | None = None
    reason: str = ""
    contract_id: str = ""
    noted: dict[str, str] = field(default_factory=dict)
    refunds: dict[str, GivenBack] = field(default_factory=dict)

    @property
    def refunded_minor(self) -> int:
        """What went back of it."""
        return sum(one.amount_minor for one in self.refunds.values())

    @property
    def fee_minor(self) -> int:
        """What the gateway keeps: six in a thousand, halves up."""
        return (self.amount_minor * _FEE_PER_MILLE * 2 + 1_000) // 2_000

    def has_expired(self, at: datetime) -> bool:
        """Whether nobody may pay it any more."""
        return self.expires_at is not None and at >= self.expires_at


@dataclass(slots=True)
class Contract:
    """One mandate as the merchant asked for it, and what the customer answered."""

    number: str
    contract_id: str
    title: str
    notify_url: str
    return_url: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    standing: Signed = Signed.OPEN
    signed_at: datetime | None = None
    ended_at: datetime | None = None
    noted: dict[str, str] = field(default_factory=dict)
    announced: list[tuple[date, int, int]] = field(default_factory=list)


class Book:
    """The orders and mandates of one gateway; hold `lock` while changing one."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.deals: dict[str, Deal] = {}
        self.contracts: dict[str, Contract] = {}

    def deal_by_token(self, token: str) -> Deal | None:
        """The order that a pay page is about."""
        return next((one for one in list(self.deals.values()) if one.token == token), None)

    def contract_by_token(self, token: str) -> Contract | None:
        """The mandate that a signing page is about."""
        return next((one for one in list(self.contracts.values()) if one.token == token), None)

    def contract_by_id(self, contract_id: str) -> Contract | None:
        """The mandate of a provider's id."""
        found = (one for one in list(self.contracts.values()) if one.contract_id == contract_id)
        return next(found, None)

    def refund_by_number(self, number: str) -> tuple[Deal, GivenBack] | None:
        """The refund of a merchant's refund number, with its order."""
        for deal in list(self.deals.values()):
            if number in deal.refunds:
                return deal, deal.refunds[number]
        return None

    def paid_on(self, day: date) -> list[Deal]:
        """Orders that were paid on a day in Beijing."""
        return [
            one for one in list(self.deals.values()) if one.paid_at and _day(one.paid_at) == day
        ]

    def refunded_on(self, day: date) -> list[tuple[Deal, GivenBack]]:
        """Refunds that were made on a day in Beijing, with their orders."""
        return [
            (deal, refund)
            for deal in list(self.deals.values())
            for refund in list(deal.refunds.values())
            if _day(refund.at) == day
        ]


def provider_id(prefix: str) -> str:
    """A new id of the gateway's own: a prefix, the time, and chance."""
    stamp = clock.now().astimezone(BEIJING).strftime("%Y%m%d%H%M%S")
    return f"{prefix}{stamp}{secrets.randbelow(10**10):010d}"


def _day(at: datetime) -> date:
    return at.astimezone(BEIJING).date()
