"""The lives of a batch and of its lines, why a line is refused, and the one bill of them all."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.bill import Bill, Line, Taken
from tenure.records.subscriptions.batches.refusals import NoLines, TooManyLines
from tenure.records.subscriptions.batches.states import BatchState, LineState
from tenure.records.subscriptions.quoting.values import add_on_of

MOST_LINES: Final = 20_000


class BatchVerb(StrEnum):
    """What may happen to a batch."""

    SETTLE = "be looked through"
    PLACE = "be placed"
    ORDER = "become an order"
    CHANGE = "turn out changed"
    REOPEN = "be opened again"
    FINISH = "be finished"
    DROP = "be dropped"


class LineVerb(StrEnum):
    """What may happen to a line."""

    PRICE = "get its price"
    REFUSE = "be refused"
    ASK_ANEW = "be asked anew"
    LEAVE_OUT = "be left out"
    ORDER = "be ordered"
    GIVE = "be given"
    STICK = "get stuck"
    FAIL = "fail"
    RETRY = "be tried again"
    RETURN = "be returned"


BATCH = Lifecycle(
    {
        (BatchState.CHECKING, BatchVerb.SETTLE): BatchState.CHECKED,
        (BatchState.CHECKED, BatchVerb.CHANGE): BatchState.CHECKING,
        (BatchState.CHECKED, BatchVerb.PLACE): BatchState.PLACING,
        (BatchState.PLACING, BatchVerb.CHANGE): BatchState.CHECKING,
        (BatchState.PLACING, BatchVerb.ORDER): BatchState.PLACED,
        (BatchState.PLACED, BatchVerb.REOPEN): BatchState.CHECKING,
        (BatchState.PLACED, BatchVerb.FINISH): BatchState.DONE,
        (BatchState.CHECKING, BatchVerb.DROP): BatchState.DROPPED,
        (BatchState.CHECKED, BatchVerb.DROP): BatchState.DROPPED,
        (BatchState.PLACING, BatchVerb.DROP): BatchState.DROPPED,
        (BatchState.PLACED, BatchVerb.DROP): BatchState.DROPPED,
    },
    name="batch",
    start=BatchState.CHECKING,
)

LINE = Lifecycle(
    {
        (LineState.WAITING, LineVerb.PRICE): LineState.READY,
        (LineState.WAITING, LineVerb.REFUSE): LineState.FAULTY,
        (LineState.WAITING, LineVerb.LEAVE_OUT): LineState.LEFT_OUT,
        (LineState.READY, LineVerb.PRICE): LineState.READY,
        (LineState.READY, LineVerb.REFUSE): LineState.FAULTY,
        (LineState.READY, LineVerb.ASK_ANEW): LineState.WAITING,
        (LineState.READY, LineVerb.LEAVE_OUT): LineState.LEFT_OUT,
        (LineState.READY, LineVerb.ORDER): LineState.ORDERED,
        (LineState.FAULTY, LineVerb.ASK_ANEW): LineState.WAITING,
        (LineState.FAULTY, LineVerb.LEAVE_OUT): LineState.LEFT_OUT,
        (LineState.LEFT_OUT, LineVerb.ASK_ANEW): LineState.WAITING,
        (LineState.ORDERED, LineVerb.ASK_ANEW): LineState.WAITING,
        (LineState.ORDERED, LineVerb.GIVE): LineState.GIVEN,
        (LineState.ORDERED, LineVerb.STICK): LineState.STUCK,
        (LineState.ORDERED, LineVerb.FAIL): LineState.FAILED,
        (LineState.STUCK, LineVerb.RETRY): LineState.ORDERED,
        (LineState.STUCK, LineVerb.FAIL): LineState.FAILED,
        (LineState.GIVEN, LineVerb.RETURN): LineState.RETURNED,
    },
    name="line of a batch",
    start=LineState.WAITING,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """One row: which contract, and how it is to go on. What is None stays as it is."""

    place: int
    contract: str
    cycle_months: int | None = None
    plan_code: str | None = None
    quantity: int | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    fault: Mapping[str, Any] = field(default_factory=dict)

    @property
    def as_document(self) -> dict[str, Any]:
        """What differs from how the contract is now."""
        wanted = {
            "cycle_months": self.cycle_months,
            "plan_code": self.plan_code,
            "quantity": self.quantity,
        }
        return {name: value for name, value in wanted.items() if value is not None}


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What is brought: by whom it is paid, what it is called, its rows, and a common date."""

    account_id: int
    name: str
    wishes: Sequence[Wish]
    until: date | None = None

    @property
    def content_key(self) -> str:
        """64 hex digits that change whenever anything that is asked for does."""
        rows = [
            (one.place, one.contract, one.as_document, one.fault.get("code", ""))
            for one in self.wishes
        ]
        form = json.dumps([str(self.until), rows], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(form.encode()).hexdigest()

    def check_size(self) -> None:
        """Refuse an empty list and one that is too long.

        Raises:
            NoLines, TooManyLines.
        """
        if not self.wishes:
            raise NoLines()
        if len(self.wishes) > MOST_LINES:
            raise TooManyLines(count=len(self.wishes), most=MOST_LINES)


def fault_of(refusal: Refusal, *, column: str = "") -> dict[str, Any]:
    """What is wrong with a line, as it is stored with it."""
    return {"column": column, **refusal.as_problem()}


def digest_of(lines: Iterable[tuple[int, str]]) -> str:
    """One name for many bills: place and digest of each line, in the order of their places."""
    summed = hashlib.sha256()
    for place, digest in lines:
        summed.update(f"{place}:{digest}\n".encode())
    return summed.hexdigest()


def summed(bills: Iterable[tuple[str, Bill]], *, currency: str) -> Bill:
    """The one bill of many lines: like is added to like, and every amount is the sum of theirs.

    Args:
        bills: the plan's code and the bill of each line.
    Returns:
        A bill with a line for each plan, way and tax rate; its `ref` names the plan or add-on. It
        comes to exactly what they come to, because each of them was rounded by itself.
    """
    alike: dict[tuple[str, ...], list[Line]] = {}
    for plan, bill in bills:
        assert bill.currency == currency, "one order is in one currency"
        assert not bill.balance.amount_minor, "a line of a batch uses no balance"
        for line in bill.lines:
            code = add_on_of(line.ref)
            named = f"add_on:{code}" if code else f"plan:{plan}"
            key = (named, str(line.kind), line.said.zh, line.said.en, str(line.tax_share))
            alike.setdefault(key, []).append(line)
    lines = tuple(_added(key[0], group) for key, group in alike.items())
    return Bill(currency=currency, lines=lines, balance=Money.zero(currency))


def _added(named: str, lines: Sequence[Line]) -> Line:
    currency, first = lines[0].amount.currency, lines[0]

    def total(amounts: Iterable[Money]) -> Money:
        return Money.total(amounts, currency=currency)

    return Line(
        kind=first.kind,
        ref=named,
        said=first.said,
        period=Period(
            min(one.period.starts_on for one in lines), max(one.period.ends_on for one in lines)
        ),
        quantity=sum(one.quantity for one in lines),
        list_price=total(one.list_price for one in lines),
        discount=total(one.discount for one in lines),
        amount=total(one.amount for one in lines),
        tax_share=first.tax_share,
        net=total(one.net for one in lines),
        tax=total(one.tax for one in lines),
        free_days=0,
        gift=total(one.gift for one in lines),
        taken=tuple(_taken(lines, currency)),
    )


def _taken(lines: Sequence[Line], currency: str) -> Iterable[Taken]:
    """What each discount took off all of them; its id without the term that it was for."""
    amounts: dict[tuple[str, str, str], int] = {}
    for line in lines:
        for one in line.taken:
            key = (one.id.partition(":term:")[0], one.said.zh, one.said.en)
            amounts[key] = amounts.get(key, 0) + one.amount.amount_minor
    for (name, zh, en), minor in amounts.items():
        yield Taken(name, Sentence(zh=zh, en=en), Money(minor, currency))
