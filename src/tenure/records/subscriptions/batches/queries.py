"""Find batches, count their lines, and what of them is to be done."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet, Sum

from tenure.kernel.money import Money
from tenure.records.subscriptions.batches.models import Batch, BatchLine
from tenure.records.subscriptions.batches.refusals import UnknownBatch
from tenure.records.subscriptions.batches.rules import MOST_LINES
from tenure.records.subscriptions.batches.states import BatchState, LineState
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState


@dataclass(frozen=True, slots=True)
class Counts:
    """How many lines stand where, and what they come to in minor units."""

    lines: dict[str, int]
    minor: dict[str, int]

    def of(self, *states: str) -> int:
        """How many lines are in any of these states."""
        return sum(self.lines.get(one, 0) for one in states)

    def amount(self, *states: str) -> int:
        """What the lines in any of these states come to."""
        return sum(self.minor.get(one, 0) for one in states)

    @property
    def every(self) -> int:
        return sum(self.lines.values())


def batch_named(public_id: str) -> Batch:
    """The batch of a public id.

    Raises:
        UnknownBatch: there is none.
    """
    found = Batch.objects.select_related("account", "order").filter(public_id=public_id).first()
    if found is None:
        raise UnknownBatch(batch=public_id[:40])
    return found


def batch_of_order(order_id: int) -> Batch | None:
    """The batch that an order is for, as long as it is the batch's own."""
    return Batch.objects.filter(order_id=order_id).first()


def lines_left(order_id: int) -> bool:
    """Whether some line of an order's batch is still to be tried."""
    ordered = BatchLine.objects.filter(batch__order_id=order_id, state=LineState.ORDERED)
    placed = (BatchState.PLACED, BatchState.DONE)
    return ordered.filter(batch__state__in=placed).exists()


def lines_of(batch: Batch, *states: str) -> QuerySet[BatchLine]:
    """The lines of a batch in the order of their rows; of some states, where they are named."""
    lines = BatchLine.objects.filter(batch=batch).order_by("place")
    return lines.filter(state__in=states) if states else lines


def counts_of(batch: Batch) -> Counts:
    """How the lines of a batch stand."""
    rows = (
        BatchLine.objects.filter(batch=batch)
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"), minor=Sum("amount_minor"))
    )
    found = list(rows)
    return Counts({state: n for state, n, _ in found}, {state: m or 0 for state, _, m in found})


def progress_of(batch: Batch) -> tuple[int, int]:
    """How many lines are through with what the batch is going through, and of how many."""
    counts = counts_of(batch)
    bought = counts.of(
        LineState.ORDERED, LineState.GIVEN, LineState.STUCK, LineState.FAILED, LineState.RETURNED
    )
    if batch.state == BatchState.CHECKING:
        wanted = counts.every - counts.of(LineState.LEFT_OUT)
        return wanted - counts.of(LineState.WAITING), wanted
    if batch.state == BatchState.PLACING:
        ready = counts.of(LineState.READY)
        return ready - stale(batch).count(), ready
    return bought - counts.of(LineState.ORDERED), bought


def stale(batch: Batch) -> QuerySet[BatchLine]:
    """The ready lines that were not looked at since the batch is being placed."""
    return lines_of(batch, LineState.READY).filter(checked_at__lte=batch.placing_at)


def total_of(batch: Batch) -> Money:
    """What the lines that can be bought come to."""
    return Money(batch.total_minor, batch.currency)


def under_way() -> QuerySet[Batch]:
    """Batches that wait for nobody but us: to be checked, or to become an order."""
    return Batch.objects.filter(state__in=(BatchState.CHECKING, BatchState.PLACING)).order_by("pk")


def contracts_due(
    account_id: int, *, from_on: date, until_on: date, plan_code: str = ""
) -> list[str]:
    """The contracts of an account whose live term ends within some days, both included.

    Those that are ending by the customer's wish are not among them.
    """
    terms = Term.objects.filter(
        account_id=account_id,
        state__in=(TermState.RUNNING, TermState.GRACE),
        ends_on__range=(from_on, until_on),
    )
    if plan_code:
        terms = terms.filter(plan_version__plan__code=plan_code)
    names = terms.order_by("ends_on", "subscription__external_id")
    return list(names.values_list("subscription__external_id", flat=True)[:MOST_LINES])
