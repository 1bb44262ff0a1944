"""The lists of a batch as files: the rows to correct, and what became of each."""

from collections.abc import Iterator, Sequence

from tenure.kernel.money import Money
from tenure.observe.uploads.lists import table_text
from tenure.records.subscriptions.batches.models import Batch
from tenure.records.subscriptions.batches.queries import lines_of
from tenure.records.subscriptions.batches.states import LineState


def faulty_rows(batch: Batch) -> str:
    """The rows that are to be corrected as CSV: as they were given, and what is wrong with each."""
    return table_text(_faulty(batch))


def _faulty(batch: Batch) -> Iterator[Sequence[object]]:
    lines = list(lines_of(batch, LineState.FAULTY))
    heads = list(dict.fromkeys(head for one in lines for head in one.given)) or ["contract"]
    yield ("row", *heads, "wrong_column", "code", "reason_zh", "reason_en", "suggestion")
    for one in lines:
        cells = one.given or {"contract": one.contract}
        said = one.fault.get("sentence", {})
        yield (
            one.place,
            *(cells.get(head, "") for head in heads),
            one.fault.get("column", ""),
            one.fault.get("code", ""),
            said.get("zh", ""),
            said.get("en", ""),
            one.fault.get("suggestion", ""),
        )


def every_row(batch: Batch) -> str:
    """Every row of a batch as CSV: its amount, its new end, and what became of it."""
    return table_text(_rows(batch))


def _rows(batch: Batch) -> Iterator[Sequence[object]]:
    yield (
        "row", "contract", "state", "plan", "ends_on", "amount", "currency", "reason_zh",
        "reason_en",
    )  # fmt: skip
    for one in lines_of(batch).iterator(chunk_size=1_000):
        said = one.fault.get("sentence", {})
        ends_on = one.bill["lines"][0]["ends_on"] if one.bill else ""
        plain = Money(one.amount_minor, batch.currency)
        yield (
            one.place,
            one.contract,
            one.state,
            one.sold.get("plan", ""),
            ends_on,
            f"{plain.decimal:f}",
            batch.currency,
            said.get("zh", ""),
            said.get("en", ""),
        )
