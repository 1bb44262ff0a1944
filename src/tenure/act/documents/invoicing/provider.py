"""What every way to the tax platform can be asked (R-I-002)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.records.invoicing.models import Invoice
from tenure.records.invoicing.states import FileFormat


class Status(StrEnum):
    """How far the platform is with a request."""

    UNKNOWN = "unknown"  # it never heard of it
    ISSUING = "issuing"
    ISSUED = "issued"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform says of one request."""

    status: Status
    number: str = ""
    issued_on: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class FoundTitle:
    """A company as the platform knows it."""

    name: str
    tax_id: str


class InvoicingDown(Outage):
    """The service did not answer, or not in its own words."""

    code = "invoicing_down"
    said = Sentence(
        zh="开票服务 {provider} 暂时不可用（{why}）；申请已保存，将自动重试。",
        en="The invoicing service {provider} failed ({why}); the request is kept and tried again.",
    )


class NotOffered(Refusal):
    """Something that a way to the platform cannot do."""

    code = "not_offered"
    said = Sentence(
        zh="开票方式“{provider}”不支持{what}；请在电子税务局办理后上传结果。",
        en="“{provider}” cannot {what}; do it in the e-tax bureau and upload the result.",
    )


class InvoiceProvider(Protocol):
    """One way to the tax platform. Every call names the order number: asked twice, done once."""

    name: str
    is_by_hand: bool

    def issue_blue(self, invoice: Invoice, *, at: datetime) -> Answer:
        """Ask for a blue one."""
        ...

    def query(self, invoice: Invoice, *, at: datetime) -> Answer:
        """How far it is."""
        ...

    def reissue(self, invoice: Invoice, *, at: datetime) -> Answer:
        """Ask again for one that failed, under the same order number."""
        ...

    def apply_red_confirmation(self, invoice: Invoice, *, at: datetime) -> str:
        """Ask for the confirmation form of a red one; its number, empty while it is pending."""
        ...

    def issue_red(self, invoice: Invoice, *, at: datetime) -> Answer:
        """Ask for a red one, whose confirmation is there."""
        ...

    def download(self, invoice: Invoice, *, form: FileFormat, at: datetime) -> bytes | None:
        """One file of an issued one; None where it is not to be had."""
        ...

    def deliver(self, invoice: Invoice, *, email: str, phone: str, at: datetime) -> None:
        """Have the service send it to the customer."""
        ...

    def title_lookup(self, name: str, *, at: datetime) -> Sequence[FoundTitle]:
        """Companies whose names begin like this."""
        ...
