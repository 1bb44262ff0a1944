"""What an import may make, and what is known of each: the vocabulary of mappings.

The names of the fields are also the column names of our own CSV format (`docs/importing.md`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Final


class Form(StrEnum):
    """What a cell becomes."""

    TEXT = "text"
    DAY = "day"
    INSTANT = "instant"
    CLOCK = "clock"
    WHOLE = "whole"
    NUMBER = "number"
    AMOUNT = "amount"
    CURRENCY = "currency"
    FLAG = "flag"
    WORDS = "words"
    CHOICE = "choice"
    ZONE = "zone"
    LOOSE = "loose"  # a number where it looks like one, else text
    EMAIL = "email"
    TELEPHONE = "telephone"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing known of a row."""

    name: str
    form: Form = Form.TEXT
    required: bool = False
    limit: int = 120
    known: tuple[str, ...] = ()
    at_time: time = time(0)  # of an instant whose cell holds a date alone
    least: int = 0  # of a whole number
    most: int = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row. `rest` names what every further column may go to."""

    name: str
    file: str  # the stem of its file in our own format
    fields: Mapping[str, Field] = field(repr=False)
    rest: str = ""

    @property
    def required(self) -> tuple[str, ...]:
        """The fields without which there is no such row."""
        return tuple(name for name, one in self.fields.items() if one.required)


CHANNELS: Final = ("email", "phone", "sms", "push", "wechat", "wecom", "letter", "banner")
PURPOSES: Final = ("service", "billing", "marketing", "profiling")
ACCOUNT_KINDS: Final = ("household", "business", "enterprise", "individual")
END_KINDS: Final = ("voluntary", "involuntary", "lapse")
TICKET_KINDS: Final = ("fault", "complaint", "billing", "renewal", "question")
SURVEYS: Final = ("nps", "csat", "ces", "intent")
STAGES: Final = ("lead", "contract", "invoice", "payment", "renewal")
OUTCOMES: Final = ("succeeded", "failed", "pending", "refunded")

_ID: Final = Field("id", required=True)
_ACCOUNT: Final = Field("account", required=True)
_CURRENCY: Final = Field("currency", Form.CURRENCY)


def _kind(name: str, file: str, *fields: Field, rest: str = "") -> Kind:
    return Kind(name, file, {one.name: one for one in fields}, rest)


ACCOUNT: Final = _kind(
    "account",
    "accounts",
    _ID,
    Field("name", limit=200),
    Field("kind", Form.CHOICE, known=ACCOUNT_KINDS),
    Field("country", limit=2),
    Field("region", limit=80),
    Field("zone", Form.ZONE, limit=60),
    _CURRENCY,
    Field("sales_channel", limit=60),
    Field("started_on", Form.DAY, required=True),
    rest="attributes",
)
PERSON: Final = _kind(
    "person",
    "people",
    Field("id"),
    _ACCOUNT,
    Field("name", limit=200),
    Field("language", limit=10),
    Field("zone", Form.ZONE, limit=60),
    Field("is_primary", Form.FLAG),
    Field("is_minor", Form.FLAG),
    Field("born_year", Form.WHOLE, least=1880, most=2100),
    Field("channels", Form.WORDS, known=CHANNELS),
    Field("hours_from", Form.CLOCK),
    Field("hours_until", Form.CLOCK),
    Field("personalised", Form.FLAG),
    Field("email", Form.EMAIL, limit=254),
    Field("phone", Form.TELEPHONE, limit=254),
    Field("sms", Form.TELEPHONE, limit=254),
)
CONTACT_POINT: Final = _kind(
    "contact_point",
    "contact_points",
    _ACCOUNT,
    Field("person"),
    Field("channel", Form.CHOICE, required=True, known=CHANNELS),
    Field("address", required=True, limit=254),
)
CONSENT: Final = _kind(
    "consent",
    "consents",
    _ACCOUNT,
    Field("person"),
    Field("purpose", Form.CHOICE, required=True, known=PURPOSES),
    Field("channel", Form.CHOICE, required=True, known=CHANNELS),
    Field("given", Form.FLAG),
    Field("given_at", Form.INSTANT, required=True),
    Field("withdrawn_at", Form.INSTANT),
    Field("basis", limit=30),
    Field("text_version", limit=40),
    Field("evidence", limit=200),
    Field("double_opt_in_at", Form.INSTANT),
    Field("soft_opt_in_product", limit=120),
    Field("soft_opt_in_at", Form.INSTANT),
    Field("opt_out_offered", Form.FLAG),
)
PLAN: Final = _kind(
    "plan",
    "plans",
    Field("id", required=True, limit=60),
    Field("product", limit=60),
    Field("name_zh"),
    Field("name_en"),
    Field("tier_rank", Form.WHOLE, least=1, most=1_000),
    _CURRENCY,
    Field("monthly_price", Form.AMOUNT),
    Field("yearly_price", Form.AMOUNT),
    Field("monthly_cost", Form.AMOUNT),
    Field("speed_mbps", Form.WHOLE),
    Field("from_on", Form.DAY),
    rest="gives",
)
SUBSCRIPTION: Final = _kind(
    "subscription",
    "subscriptions",
    _ID,
    _ACCOUNT,
    Field("plan", required=True, limit=60),
    Field("cycle_months", Form.WHOLE, required=True),
    Field("starts_on", Form.DAY, required=True),
    Field("ended_on", Form.DAY),
    Field("paid_until", Form.DAY),
    Field("end_kind", Form.CHOICE, known=END_KINDS),
    Field("cancel_asked_on", Form.DAY),
    Field("price", Form.AMOUNT),
    Field("list_price", Form.AMOUNT),
    _CURRENCY,
    Field("quantity", Form.WHOLE),
    Field("auto_renew", Form.FLAG),
    Field("owner", limit=80),
    rest="attributes",
)
TERM: Final = _kind(
    "term",
    "terms",
    Field("id"),
    Field("subscription", required=True),
    _ACCOUNT,
    Field("plan", required=True, limit=60),
    Field("cycle_months", Form.WHOLE, required=True),
    Field("starts_on", Form.DAY, required=True),
    Field("ends_on", Form.DAY, required=True),
    Field("cancelled_on", Form.DAY),
    Field("price", Form.AMOUNT),
    Field("list_price", Form.AMOUNT),
    _CURRENCY,
    Field("quantity", Form.WHOLE),
    Field("auto_renew", Form.FLAG),
    Field("owner", limit=80),
)
PAYMENT: Final = _kind(
    "payment",
    "payments",
    _ID,
    Field("account"),
    Field("subscription"),
    Field("amount", Form.AMOUNT, required=True),
    _CURRENCY,
    Field("paid_on", Form.DAY, required=True),
    Field("method", limit=30),
    Field("outcome", Form.CHOICE, known=OUTCOMES),
)
EVENT: Final = _kind(
    "event",
    "events",
    Field("id", required=True, limit=100),
    Field("account"),
    Field("subscription"),
    Field("name", required=True, limit=200),
    Field("at", Form.INSTANT, required=True, at_time=time(12)),
    rest="properties",
)
TICKET: Final = _kind(
    "ticket",
    "tickets",
    _ID,
    Field("account"),
    Field("subscription"),
    Field("kind", Form.CHOICE, known=TICKET_KINDS),
    Field("subject", limit=300),
    Field("priority", limit=20),
    Field("opened_at", Form.INSTANT, required=True),
    Field("answered_at", Form.INSTANT),
    Field("answered_after", Form.NUMBER),
    Field("resolved_at", Form.INSTANT),
    Field("sla_missed", Form.FLAG),
)
ANSWER: Final = _kind(
    "answer",
    "answers",
    _ID,
    Field("account"),
    Field("subscription"),
    Field("survey", Form.CHOICE, required=True, known=SURVEYS),
    Field("score", Form.WHOLE, required=True, least=-999, most=999),
    Field("text", limit=10_000),
    Field("answered_on", Form.DAY, required=True),
)
CANCELLATION: Final = _kind(
    "cancellation",
    "cancellations",
    _ID,
    Field("account"),
    Field("subscription"),
    Field("reason", required=True, limit=40),
    Field("text", limit=10_000),
    Field("given_on", Form.DAY, required=True),
    Field("effective_on", Form.DAY),
)
MILESTONE: Final = _kind(
    "milestone",
    "milestones",
    _ID,
    _ACCOUNT,
    Field("stage", Form.CHOICE, required=True, known=STAGES),
    Field("happened_on", Form.DAY, required=True),
)

# In the order in which they are written: whoever is named later stands earlier.
KINDS: Final = (
    PLAN, ACCOUNT, PERSON, CONTACT_POINT, CONSENT, SUBSCRIPTION, TERM, PAYMENT, TICKET, ANSWER,
    CANCELLATION, MILESTONE, EVENT,
)  # fmt: skip
KINDS_BY_NAME: Final = {one.name: one for one in KINDS}
RANK: Final = {one.name: place for place, one in enumerate(KINDS)}
