"""What the pages of batches show: the list that is brought, how it stands, and its lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenure.act.batches.actions import payment_of
from tenure.act.payments import registry
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.observe.uploads.lists import parsed, read_list
from tenure.observe.uploads.sheets import MOST_BYTES, FileTooLarge
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.states import OrderState
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.states import HOLDS
from tenure.records.billing.states import OPEN
from tenure.records.customers.models import Account
from tenure.records.subscriptions.batches.models import Batch, BatchLine
from tenure.records.subscriptions.batches.queries import (
    Counts,
    contracts_due,
    counts_of,
    lines_of,
    progress_of,
)
from tenure.records.subscriptions.batches.rules import NewBatch, Wish
from tenure.records.subscriptions.batches.states import BatchState, LineState

PAGE_ROWS: Final = 50
TRANSFER: Final = "bank_transfer"
COLUMN_NAMES: Final[Mapping[str, Promise]] = {
    "contract": _("Contract"),
    "cycle_months": _("Cycle"),
    "plan": _("Plan"),
    "seats": _("Seats"),
}
BOUGHT: Final = (
    LineState.READY, LineState.ORDERED, LineState.GIVEN, LineState.STUCK, LineState.FAILED,
    LineState.RETURNED,
)  # fmt: skip
# What can be looked at by itself, in the order of the page.
SHOWN: Final[Mapping[str, tuple[Promise, tuple[str, ...]]]] = {
    "faulty": (_("To correct"), (LineState.FAULTY,)),
    "ready": (_("Can be renewed"), (LineState.READY,)),
    "ordered": (_("Waiting for payment"), (LineState.ORDERED,)),
    "given": (_("Renewed"), (LineState.GIVEN,)),
    "stuck": (_("To look at"), (LineState.STUCK,)),
    "failed": (_("Paid back"), (LineState.FAILED, LineState.RETURNED)),
    "left_out": (_("Left out"), (LineState.LEFT_OUT,)),
}


class NoSuchCustomer(Refusal):
    """A number that no customer has."""

    code = "no_such_customer"
    said = Sentence(
        zh="没有客户编号“{number}”；请在客户页核对后再试。",
        en="No customer has the number “{number}”; look it up on the page of customers.",
    )


class NoDays(Refusal):
    """A choice by days without both of them."""

    code = "no_days"
    said = Sentence(
        zh="请上传名单，或填写到期日的起止日期。",
        en="Upload a list, or give the first and the last day on which contracts end.",
    )


def customer_of(number: str) -> Account:
    """The account of a customer number.

    Raises:
        NoSuchCustomer: there is none.
    """
    found = Account.objects.filter(external_id=number.strip()).order_by("pk").first()
    if found is None:
        raise NoSuchCustomer(number=number[:40])
    return found


def uploaded(upload: "UploadedFile[Any]") -> list[Wish]:
    """The rows of an uploaded file.

    Raises:
        FileTooLarge, NoTable, NoContractColumn, DamagedFile: see `read_list`.
    """
    name = Path(str(upload.name or "")).name[:80]
    if (upload.size or 0) > MOST_BYTES:
        raise FileTooLarge(file=name, most=MOST_BYTES // 1_000_000)
    with NamedTemporaryFile() as file:
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        return read_list(Path(file.name), name=name)


def wanted(form: Mapping[str, Any], upload: "UploadedFile[Any] | None") -> NewBatch:
    """What a form asks for: an uploaded list, or the contracts that end within some days.

    Raises:
        NoSuchCustomer, NoDays, FileTooLarge, NoTable, NoContractColumn, DamagedFile.
    """
    account = customer_of(str(form.get("customer", "")))
    until = _day(form.get("until"))
    if upload is not None:
        name = Path(str(upload.name or "")).name
        return NewBatch(account.pk, name, uploaded(upload), until)
    from_on, until_on = _day(form.get("from_on")), _day(form.get("until_on"))
    if from_on is None or until_on is None:
        raise NoDays()
    plan = str(form.get("plan", ""))
    contracts = contracts_due(account.pk, from_on=from_on, until_on=until_on, plan_code=plan)
    wishes = [Wish(place, one) for place, one in enumerate(contracts, start=1)]
    return NewBatch(account.pk, f"{from_on} – {until_on} {plan}".strip(), wishes, until)


def mended(place: int, form: Mapping[str, Any]) -> Wish:
    """A row as somebody wrote it anew."""
    cells = {name: str(form.get(name, "")).strip()[:120] for name in COLUMN_NAMES}
    return parsed(place, cells, given={})


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Row:
    """One line as a page shows it."""

    line: BatchLine
    amount: Money
    starts_on: date | None
    ends_on: date | None

    @property
    def fault(self) -> Sentence | None:
        """What is wrong, without the column."""
        said = self.line.fault.get("sentence")
        return Sentence(zh=said["zh"], en=said["en"]) if said else None

    @property
    def is_wrong(self) -> bool:
        """Whether somebody must read it: it was not, or cannot be, renewed."""
        return self.line.state in (LineState.FAULTY, LineState.STUCK, LineState.FAILED)

    @property
    def column(self) -> object:
        """The column that is wrong, in words."""
        name = self.line.fault.get("column", "")
        return COLUMN_NAMES.get(name, name)

    @property
    def suggestion(self) -> str:
        return str(self.line.fault.get("suggestion", ""))

    @property
    def suggested(self) -> dict[str, str]:
        """The row with the value that is probably meant."""
        return {**self.cells, str(self.line.fault.get("column", "")): self.suggestion}

    @property
    def cells(self) -> dict[str, str]:
        """The row as it is asked for now."""
        wish = self.line.wish
        return {
            "contract": self.line.contract,
            "cycle_months": str(wish.get("cycle_months", "")),
            "plan": str(wish.get("plan_code", "")),
            "seats": str(wish.get("quantity", "")),
        }

    @property
    def fields(self) -> list[tuple[str, Promise, str]]:
        """The row to be written anew: the name of each field, its label, its value."""
        return [(name, COLUMN_NAMES[name], value) for name, value in self.cells.items()]


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that can be looked at by themselves, with how many there are."""

    key: str
    name: Promise
    count: int


@dataclass(frozen=True, slots=True)
class Desk:
    """One batch with how it stands."""

    batch: Batch
    counts: Counts
    done: int
    every: int

    @property
    def step(self) -> int:
        """1 to 4: brought, checked, to be paid, done."""
        if self.batch.state == BatchState.DONE:
            return 4
        return 3 if self.batch.state == BatchState.PLACED else 2

    @property
    def is_working(self) -> bool:
        """Whether something goes on by itself, and the page shows how far it is."""
        order = self.batch.order
        is_given = self.batch.state == BatchState.PLACED and order is not None
        return self.batch.state in (BatchState.CHECKING, BatchState.PLACING) or (
            is_given and order is not None and order.state == OrderState.PAID
        )

    @property
    def is_over(self) -> bool:
        """Whether its order ended unpaid."""
        order = self.batch.order
        over = (OrderState.CANCELLED, OrderState.EXPIRED)
        return self.batch.state == BatchState.PLACED and order is not None and order.state in over

    @property
    def total(self) -> Money:
        return Money(self.batch.total_minor, self.batch.currency)

    @property
    def bought(self) -> int:
        return self.counts.of(*BOUGHT)

    @property
    def faulty(self) -> int:
        return self.counts.of(LineState.FAULTY)

    @property
    def wanted(self) -> int:
        """What would be renewed if nothing were wrong."""
        return self.bought + self.faulty

    @property
    def stuck(self) -> int:
        return self.counts.of(LineState.STUCK)

    @property
    def paid_back(self) -> Money | None:
        """What went back, or is on its way."""
        held = Refund.objects.filter(payment__order=self.batch.order, state__in=HOLDS)
        minor = sum(held.values_list("amount_minor", flat=True)) if self.batch.order else 0
        return Money(minor, self.batch.currency) if minor else None

    @property
    def parts(self) -> list[Part]:
        """What can be looked at by itself, where there is something."""
        found = [Part(key, name, self.counts.of(*of)) for key, (name, of) in SHOWN.items()]
        return [one for one in found if one.count]

    @property
    def bill(self) -> list[tuple[Sentence, int, Money]]:
        """The lines of the one invoice, once it is ordered: what, how many, how much."""
        rows = self.batch.order.bill.get("lines", []) if self.batch.order else []
        return [
            (
                Sentence(zh=one["said"]["zh"], en=one["said"]["en"]),
                one["quantity"],
                Money(one["amount_minor"], self.batch.currency),
            )
            for one in rows
        ]

    @property
    def tax(self) -> Money | None:
        """The tax in the total, once it is ordered."""
        if self.batch.order is None:
            return None
        rows = self.batch.order.bill.get("lines", [])
        return Money(sum(one["tax_minor"] for one in rows), self.batch.currency)


def desk_of(batch: Batch) -> Desk:
    """How a batch stands."""
    done, every = progress_of(batch)
    return Desk(batch, counts_of(batch), done, every)


def states_of(show: str) -> tuple[str, ...]:
    """The states of a part; none stands for all of them."""
    return SHOWN[show][1] if show in SHOWN else ()


def rows_of(batch: Batch, *states: str, after: int) -> tuple[list[Row], int]:
    """Some rows after one, of some states or of all; the mark of the next page, 0 at the end."""
    lines = list(lines_of(batch, *states).filter(place__gt=after)[: PAGE_ROWS + 1])
    shown = lines[:PAGE_ROWS]
    return [_row(one, batch.currency) for one in shown], (
        shown[-1].place if len(lines) > PAGE_ROWS else 0
    )


def _row(line: BatchLine, currency: str) -> Row:
    first = line.bill["lines"][0] if line.bill else None
    return Row(
        line,
        Money(line.amount_minor, currency),
        date.fromisoformat(first["starts_on"]) if first else None,
        date.fromisoformat(first["ends_on"]) if first else None,
    )


def transfer_of(batch: Batch) -> dict[str, str] | None:
    """What a transfer must say, once it was asked for; None before."""
    if batch.order is None:
        return None
    open_ones = Payment.objects.filter(
        order=batch.order, method=TRANSFER, state__in=OPEN, superseded_at=None
    )
    found = open_ones.first()
    return dict(found.handoff.get("fields", {})) if found and found.handoff else None


def offers_transfer() -> bool:
    """Whether a bank account is configured for transfers."""
    return TRANSFER in registry.methods_offered()


def paid_at(batch: Batch) -> datetime | None:
    """When the money of a batch came."""
    found = payment_of(batch.order) if batch.order else None
    return found.paid_at if found else None
