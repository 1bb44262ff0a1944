"""What goes to a payment provider and what comes back, whoever the provider is.

Amounts are Money: a provider's own notation (yuan as text, fen as a number) ends at its adapter.
A payment's *number* is ours, unique for ever, and stored before the first call; the *provider's
id* is the other side's name for the same payment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from tenure.kernel.money import Money


class Status(StrEnum):
    """How a payment stands at its provider (R-Y-011)."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CLOSED = "closed"
    UNKNOWN = "unknown"  # no answer: ask until there is one, never charge again
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"


class RefundStatus(StrEnum):
    """How a refund stands at its provider (R-Y-013)."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABNORMAL = "abnormal"  # the money could not be returned to where it came from
    UNKNOWN = "unknown"


class AgreementStatus(StrEnum):
    """How a mandate to deduct stands at its provider."""

    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"
    UNKNOWN = "unknown"


class ChargeBack(StrEnum):
    """How a payer's bank and ours stand about money that the bank took back."""

    OPENED = "opened"
    WON = "won"
    LOST = "lost"


class About(StrEnum):
    """What a notification speaks of."""

    PAYMENT = "payment"
    REFUND = "refund"
    AGREEMENT = "agreement"
    CHARGE_BACK = "charge_back"
    OTHER = "other"  # genuine, and nothing of ours: acknowledged without effect


class HandOffKind(StrEnum):
    """How a customer gets to the place where they pay."""

    QR = "qr"  # `url` is the content of a QR code
    REDIRECT = "redirect"  # send the browser to `url`
    FORM = "form"  # POST `fields` to `url`
    JSAPI = "jsapi"  # hand `fields` to the WeChat browser's bridge
    INSTRUCTIONS = "instructions"  # show `fields`: where to transfer, and with which reference


@dataclass(frozen=True, slots=True)
class Charge:
    """What is to be paid now, by a customer who is present.

    `way` is one of the provider's `ways`: native, jsapi, h5, page, wap, precreate, card, form,
    transfer. `payer` is the provider's own id of the person where the way needs one (an openid
    for jsapi, a customer for a card that is to be kept).
    """

    number: str
    amount: Money
    subject: str
    way: str
    return_url: str
    notify_url: str
    expires_at: datetime
    client_ip: str = ""
    payer: str = ""


@dataclass(frozen=True, slots=True)
class HandOff:
    """Where the customer goes to pay or to sign; `provider_id` where it is known already."""

    kind: HandOffKind
    url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    provider_id: str = ""


#: A decline that only the customer can cure, in person: never retried, answered with a pay link.
CUSTOMER_ACTION = "authentication_required"


@dataclass(frozen=True, slots=True)
class Found:
    """How one payment stands; `amount` is what was paid or is to be paid, None when unknown.

    `is_known` is false where the provider has no order of that number. Most then say `closed`;
    Alipay says `pending`, as it has an order only once the customer has come to its page. After
    the end of a charge's time, or for a deduction, not known means not paid.
    """

    number: str
    status: Status
    provider_id: str = ""
    amount: Money | None = None
    paid_at: datetime | None = None
    decline_code: str = ""
    is_known: bool = True

    @property
    def needs_customer(self) -> bool:
        """Whether the customer must confirm in person before it can go on (R-Y-045)."""
        return self.decline_code == CUSTOMER_ACTION


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Give back `amount` of the payment `number`, whose whole was `total`.

    `provider_id` is the payment's, as `Found` or `Notice` named it. `asked_at` is when the refund
    was first asked for: UnionPay finds it again only by that second, so give the same each time.
    """

    number: str
    refund_number: str
    amount: Money
    total: Money
    reason: str
    provider_id: str = ""
    notify_url: str = ""
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundFound:
    """How one refund stands."""

    number: str
    refund_number: str
    status: RefundStatus
    provider_id: str = ""
    amount: Money | None = None
    refunded_at: datetime | None = None


class PeriodUnit(StrEnum):
    """In what a deduction's rhythm is counted."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class AgreementRequest:
    """A mandate that a customer is asked to sign at the provider.

    `number` is ours (at most 32 letters and digits); `shown_to_payer` is the name of their account
    as the provider shows it, masked; `limit` is the most that one deduction may take.
    """

    number: str
    subject: str
    shown_to_payer: str
    limit: Money
    every: int
    unit: PeriodUnit
    first_on: date
    return_url: str
    notify_url: str
    payer: str = ""
    way: str = "page"


@dataclass(frozen=True, slots=True)
class AgreementFound:
    """How one mandate stands; `agreement_id` is what later deductions name."""

    number: str
    status: AgreementStatus
    agreement_id: str = ""
    signed_at: datetime | None = None
    ended_at: datetime | None = None
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class DeductionWindow:
    """The days on which a deduction may be tried, half-open: `[opens_on, closes_on)`."""

    opens_on: date
    closes_on: date

    def holds(self, day: date) -> bool:
        """Whether a day lies in the window."""
        return self.opens_on <= day < self.closes_on


@dataclass(frozen=True, slots=True)
class PreNotice:
    """The announcement of a deduction, sent through the provider before it (R-Y-025)."""

    agreement_id: str
    estimated: Money
    due_on: date


@dataclass(frozen=True, slots=True)
class PreNotified:
    """That the provider took an announcement, and when the deduction may follow."""

    window: DeductionWindow
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class AgreementCharge:
    """A deduction under a mandate, with the customer absent.

    `window` and `estimated` are what the announcement said, where the provider needs one; a
    deduction outside of them is refused before it is tried. `payer` is the provider's own id of
    the customer, where a mandate is a stored card.
    """

    number: str
    agreement_id: str
    amount: Money
    subject: str
    notify_url: str
    estimated: Money | None = None
    window: DeductionWindow | None = None
    payer: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider said by itself, its signature verified over the bytes that came.

    `event_id` stays the same when it is said again. `number` is the payment's, or for a mandate
    its own. `merchant` is whom the notice names: compare it, and the amount, before believing it.
    A refund's amount is the refund's, or None where the provider tells only the sum of all refunds;
    `refund_status` and `agreement_status` are set where the notice is about one. A charge-back is
    told with the `provider_id` of its payment where the provider does not know our number.
    """

    event_id: str
    about: About
    number: str
    status: Status
    merchant: str
    at: datetime
    provider_id: str = ""
    amount: Money | None = None
    agreement_id: str = ""
    agreement_status: AgreementStatus | None = None
    refund_number: str = ""
    refund_status: RefundStatus | None = None
    decline_code: str = ""
    charge_back: ChargeBack | None = None
    case: str = ""  # the provider's own number of a charge-back


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The exact answer that makes a provider stop, or go on, telling."""

    status: int
    content_type: str
    body: bytes


class BillKind(StrEnum):
    """What a line of a provider's bill records."""

    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class BillRow:
    """One line of a provider's bill of a day; `amount` is positive, also for a refund."""

    number: str
    provider_id: str
    kind: BillKind
    amount: Money
    fee: Money
    status: Status
    refund_number: str = ""
