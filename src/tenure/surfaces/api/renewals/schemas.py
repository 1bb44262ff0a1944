"""What is asked and answered about renewals: names, types and units of every field."""

from datetime import date, datetime
from typing import Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from tenure.surfaces.api.answers import Amount, Answer, Said


class Question(Schema):
    """A body of a request: a field that is not named here is refused."""

    model_config = ConfigDict(extra="forbid")


class BillLineOut(Answer):
    """One line of a bill."""

    kind: str
    said: Said
    amount: Amount
    discount: Amount


class BillOut(Answer):
    """What is to be paid, exactly as it will be charged and invoiced."""

    lines: list[BillLineOut]
    total: Amount
    to_pay: Amount = Field(description="the total less what the customer's balance pays")
    digest: str = Field(description="names this bill; send it back as `seen`")


class QuoteOut(Answer):
    """One way to renew a term."""

    cycle_months: int
    said: Said
    starts_on: date
    ends_on: date = Field(description="the first day that is not paid")
    bill: BillOut


class QuotesOut(Answer):
    """Every way in which a term can be renewed today, the present one first."""

    term: str
    on: date
    items: list[QuoteOut]


class OrderIn(Question):
    """What is to be ordered, for one term."""

    term: str = Field(pattern=r"^trm_[0-9]{1,18}$", examples=["trm_7"])
    purpose: Literal["renewal", "plan_change", "seats", "add_on"] = "renewal"
    cycle_months: int | None = Field(None, ge=1, le=120, description="renewal: None as it is")
    plan: str | None = Field(None, min_length=1, max_length=60)
    more_seats: int | None = Field(None, ge=1, le=100_000)
    add_on: str | None = Field(None, min_length=1, max_length=60)
    seen: str = Field("", max_length=64, description="digest of the bill that was shown")


class PaymentOut(Answer):
    """One attempt to pay an order."""

    number: str
    method: str
    state: str
    amount: Amount


class OrderOut(Answer):
    """One order with its bill and its payments."""

    id: str = Field(examples=["ord_0199a7c0"])
    purpose: str
    state: str = Field(description="open, paid, fulfilled, cancelled or expired")
    customer: str
    term: str | None
    total: Amount
    digest: str
    placed_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    payments: list[PaymentOut]


class ChangeOut(Answer):
    """What came of an order: an order to be paid, or a change that waits for the term's end."""

    order: OrderOut | None
    is_planned: bool = Field(description="nothing is due now; it counts from the next term on")


class PaymentIn(Question):
    """How an order is to be paid."""

    method: str = Field(min_length=1, max_length=30, examples=["wechat_native"])
    return_url: str = Field("", max_length=300, pattern=r"^(https?://[^\s]+)?$")


class HandOffOut(Answer):
    """Where the customer pays: a code, an address, or fields of a form."""

    kind: str = Field(description="qr, redirect, form, jsapi or instructions")
    url: str
    fields: dict[str, str]


class OpenedOut(Answer):
    """An attempt to pay, and where the customer pays it; nothing where nothing is due."""

    payment: PaymentOut
    handoff: HandOffOut | None


class CancellationIn(Question):
    """A contract that is to end."""

    at_once: bool = Field(False, description="today, with the refund that the law or plan gives")
    reason: str = Field("", max_length=60, description="a code of the strategy's reasons")


class CancellationOut(Answer):
    """A contract that ends."""

    subscription: str
    term: str
    state: str
    ends_on: date = Field(description="the first day without service")
