"""Fill the tags of a day, and write down who entered and who left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import transaction

from tenure.kernel.periods import date_of, day_number
from tenure.records.customers.queries import tag_refusals
from tenure.records.jobs.models import Fill
from tenure.records.journal.actions import Fact, append_many
from tenure.records.strategies.queries import by_hash, current
from tenure.strategy.tags import Tag
from tenure.understand.features.registry import FEATURES
from tenure.understand.tags.expressions import asked, masks
from tenure.understand.tags.rules import Masks, Moves, Wholes, moves, without_refused
from tenure.warehouse.engines import open_engine
from tenure.warehouse.fills import Filled, complete, is_complete
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.understanding import TAG_MASKS

if TYPE_CHECKING:
    import pyarrow as pa


def fill(*, as_of: date, at: datetime) -> dict[str, int]:
    """Read every tag's rule on every live term (TAG-01); a second call changes nothing.

    On the first day that was ever filled nobody enters a tag: everybody is found in theirs.

    Returns:
        `rows`: live terms; `entered` and `left`: new entries of the journal.
    """
    strategy = current().at(as_of)
    day = day_number(as_of)
    filled = Filled(TAG_MASKS.name, day, version=strategy.hash)
    if is_complete(filled):
        return {
            "rows": Fill.objects.get(entry=filled.entry, day=day).row_count,
            "entered": 0,
            "left": 0,
        }
    store, rules = current_store(), {tag.id: tag.rule for tag in strategy.tags.values()}
    with open_engine(settings.TENURE_ENGINE) as engine:
        rows = store.rows(FEATURES, day=day, engine=engine, columns=asked(rules))
        table = _allowed(masks(rows, rules), tuple(rules))
        store.write(TAG_MASKS, day=day, frame=table, at=at, engine=engine)
        before = _before(store, day)
    changed = [] if before is None else moves(before, _masks(table, tuple(rules)))
    with transaction.atomic():
        counts = {
            name: append_many(
                _facts(changed, strategy.tags, as_of=as_of, entered=entered), at=at, by="loop"
            )
            for name, entered in (("entered", True), ("left", False))
        }
        complete(filled, row_count=table.num_rows, at=at)
    return {"rows": table.num_rows, **counts}


def _allowed(table: pa.Table, tags: tuple[str, ...]) -> pa.Table:
    """The table without the tags that customers deleted."""
    import pyarrow as pa

    refused = tag_refusals()
    if not refused:
        return table
    cleared = without_refused(_masks(table, tags), refused)
    place = table.column_names.index("mask")
    return table.set_column(place, "mask", pa.array(cleared, type=pa.int64()))


def _before(store: Store, day: int) -> Masks | None:
    """The masks of the last filled day before, by the tags that were in force then."""
    last = Fill.objects.filter(entry=TAG_MASKS.name, day__lt=day).order_by("-day").first()
    if last is None:
        return None
    tags = tuple(by_hash(last.version).at(date_of(last.day)).tags)
    with open_engine(settings.TENURE_ENGINE) as engine:
        return _masks(store.rows(TAG_MASKS, day=last.day, engine=engine), tags)


def _masks(table: pa.Table, tags: tuple[str, ...]) -> Masks:
    columns = ("subscription_id", "account_id", "term_id", "mask")
    arrays = [cast("Wholes", table[name].to_numpy()) for name in columns]
    return Masks(tags, *arrays)


def _facts(
    changed: list[Moves], tags: Mapping[str, Tag], *, as_of: date, entered: bool
) -> Iterator[Fact]:
    """One fact per subscription and tag, each with the version of the rule."""
    verb = "entered" if entered else "left"
    for one in changed:
        if one.entered != entered:
            continue
        content = {"tag": one.tag, "rule_version": tags[one.tag].version}
        rows = zip(
            one.subscription_id.tolist(), one.account_id.tolist(), one.term_id.tolist(), strict=True
        )
        for subscription, account, term in rows:
            yield Fact(
                kind=f"tag.{verb}",
                on=as_of,
                account_id=account,
                term_id=term,
                content=content,
                once_key=f"tag:{subscription}:{one.tag}:{verb}:{as_of}",
            )
