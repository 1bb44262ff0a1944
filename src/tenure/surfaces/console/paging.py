"""Pages of a growing table by keyset: nothing is skipped or shown twice while rows are added."""

from dataclasses import dataclass

from django.db.models import Model, QuerySet

from tenure.kernel.identifiers import whole

PAGE_ROWS = 50


@dataclass(frozen=True)
class Page[RowT: Model]:
    """Some rows, newest first, and the mark of the next page (empty at the end)."""

    rows: list[RowT]
    next_mark: str


def newest[RowT: Model](rows: QuerySet[RowT], mark: str) -> Page[RowT]:
    """The page after `mark`, which is the id of the last row shown before."""
    ordered = rows.order_by("-pk")
    if last := whole(mark):
        ordered = ordered.filter(pk__lt=last)
    found = list(ordered[: PAGE_ROWS + 1])
    shown = found[:PAGE_ROWS]
    return Page(shown, str(shown[-1].pk) if len(found) > PAGE_ROWS else "")
