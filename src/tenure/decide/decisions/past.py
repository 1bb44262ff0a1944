"""What the records say of those who face a choice: their arm, their wishes, their past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from tenure.decide.decisions.models import Decision
from tenure.records.customers.models import Person
from tenure.records.experiments.queries import arms_of
from tenure.records.experiments.rules import HOLDOUT
from tenure.records.stock.queries import withdrawn
from tenure.records.subscriptions.benefits.queries import codes_held
from tenure.strategy.offers import HANDED
from tenure.warehouse.engines import arrow_kind
from tenure.warehouse.tables.declaration import Column

if TYPE_CHECKING:
    import pyarrow as pa

# Ids asked for at a time: below what every database takes in one statement.
BATCH: Final = 10_000
YEAR: Final = timedelta(days=365)
PAST: Final = (
    Column("account_id", "int64"),
    Column("term_id", "int64"),
    Column("action", "string"),
    Column("gives", "int64", "0 or 1"),
    Column("days_ago", "int64", "days"),
    Column("held_minor", "int64", "minor units"),
    Column("holds", "int64", "0 or 1"),
)


def _batches(ids: Iterable[int]) -> Iterator[tuple[int, ...]]:
    yield from batched(sorted(set(ids)), BATCH)


def decided_before(term_ids: Iterable[int]) -> set[tuple[int, str, str]]:
    """Term, journey and step of every choice that these terms had."""
    return {
        row
        for ids in _batches(term_ids)
        for row in Decision.objects.filter(term_id__in=ids).values_list(
            "term_id", "journey", "step"
        )
    }


def held_out(term_ids: Iterable[int]) -> set[int]:
    """Those of these terms that belong to the holdout."""
    return {
        term for ids in _batches(term_ids) for term, arm in arms_of(ids).items() if arm == HOLDOUT
    }


def not_personalised(account_ids: Iterable[int]) -> set[int]:
    """Accounts whose primary person switched personalised choices off, or is a child."""
    found: set[int] = set()
    for ids in _batches(account_ids):
        people = Person.objects.filter(account_id__in=ids, is_primary=True)
        found.update(people.filter(personalised=False).values_list("account_id", flat=True))
        found.update(people.filter(is_minor=True).values_list("account_id", flat=True))
    return found


def rights_held(account_ids: Iterable[int], *, on: date) -> dict[int, str]:
    """Account → codes of what it was given beside its plan, with spaces between."""
    found: dict[int, set[str]] = {}
    for ids in _batches(account_ids):
        for account, code in codes_held(ids, on=on):
            found.setdefault(account, set()).add(code)
    return {account: " ".join(sorted(codes)) for account, codes in found.items()}


def withdrawn_offers() -> str:
    """The offers that are not made at present, with spaces between."""
    return " ".join(sorted(withdrawn()))


def past_of(account_ids: Iterable[int], *, as_of: date, before: datetime | None = None) -> pa.Table:
    """What these accounts were chosen for until a day, one row per choice, columns of PAST.

    Args:
        before: leave out what was decided at this instant or later.
    """
    import pyarrow as pa

    rows = [
        _past(*row, as_of=as_of)
        for ids in _batches(account_ids)
        for row in Decision.objects.filter(
            account_id__in=ids,
            as_of__lte=as_of,
            as_of__gt=as_of - YEAR,
            outcome__in=(Decision.Outcome.CHOSEN, Decision.Outcome.WAITING),
            **({} if before is None else {"decided_at__lt": before}),
        ).values_list(*_PAST_COLUMNS)
    ]
    values = list(zip(*rows, strict=True)) or [()] * len(PAST)
    return pa.table(
        [pa.array(one, arrow_kind(column)) for one, column in zip(values, PAST, strict=True)],
        names=[column.name for column in PAST],
    )


_PAST_COLUMNS: Final = (
    "account_id",
    "term_id",
    "action",
    "as_of",
    "valid_until",
    "list_price_minor",
    "price_minor",
    "extension_days",
    "kind",
)


def _past(account: int, term: int, action: str, *rest: Any, as_of: date) -> tuple[Any, ...]:
    decided_on, valid_until, list_price, price, extension, kind = rest
    off = (list_price or 0) - (price or 0)
    is_held = valid_until is not None and valid_until > as_of
    gives = int(off > 0 or extension > 0 or kind in HANDED)
    days_ago, held = (as_of - decided_on).days, off if is_held else 0
    return account, term, action, gives, days_ago, held, int(is_held and gives)
