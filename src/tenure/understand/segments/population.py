"""Everybody with a live term on a day, with the columns that some rules look at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.periods import date_of, day_number
from tenure.records.jobs.models import Fill
from tenure.records.strategies.queries import by_hash
from tenure.strategy.fields import (
    ACCOUNT,
    EVENT,
    QUANTILE,
    TAG,
    event_of,
    quantiles_of,
    settled,
)
from tenure.strategy.rules import Rule, features_of
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.store import Store
from tenure.warehouse.tables.declaration import Table
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.facts import ACCOUNTS
from tenure.warehouse.tables.understanding import HEALTH, RISKS, TAG_MASKS

if TYPE_CHECKING:
    from tenure.warehouse.engines import Engine, Frame

KEYS = ("term_id", "subscription_id", "account_id")
type Cuts = Mapping[tuple[str, float], float | None]


class NothingFilled(Refusal):
    """Nobody can be counted before a day was run."""

    code = "no_features"
    said = Sentence(
        zh="还没有任何一天的特征；请先运行 `tenure run`。",
        en="No day has its features yet; run `tenure run` first.",
    )


def last_day(*, as_of: date | None = None) -> date:
    """The last day whose features are complete, on or before a day.

    Raises:
        NothingFilled: there is none.
    """
    filled = Fill.objects.filter(entry=FEATURES.name)
    if as_of is not None:
        filled = filled.filter(day__lte=day_number(as_of))
    day = filled.order_by("-day").values_list("day", flat=True).first()
    if day is None:
        raise NothingFilled
    return date_of(day)


def fields_of(rules: Iterable[Rule]) -> frozenset[str]:
    """What some rules look at; a standing needs the feature that it stands by."""
    looked_at = frozenset[str]().union(*(features_of(rule) for rule in rules))
    return frozenset(field.removeprefix(QUANTILE) for field in looked_at)


def population(fields: Collection[str], *, day: int, store: Store, engine: Engine) -> Frame:
    """One row per live term with these fields.

    Args:
        fields: names of `strategy.fields`, without standings.
        day: days since 1970; its features are complete.
    """
    import narwhals.stable.v2 as nw

    tables = {table.name: table for table in (FEATURES, HEALTH, RISKS, TAG_MASKS)}
    files = store.files({table: [day] for table in tables.values()})

    def read(table: Table) -> Frame:
        file = files.get((table.name, day))
        return engine.scan([] if file is None else [file], table)

    plain = sorted(one for one in fields if one in FEATURES.column_names)
    frame = read(FEATURES).select(*KEYS, *plain)
    for table, column, field in ((HEALTH, "score", "health"), (RISKS, "p_lapse", "p_lapse")):
        if field in fields:
            scored = read(table).select("term_id", nw.col(column).alias(field))
            frame = frame.join(scored, on="term_id", how="left")
    if tags := sorted(one for one in fields if one.startswith(TAG)):
        frame = frame.join(_carried(read(TAG_MASKS), tags, day=day), on="term_id", how="left")
    frame = _with_account(frame, fields, day=day, store=store, engine=engine)
    return _with_events(frame, fields, day=day, store=store, engine=engine)


def _carried(masks: Frame, asked: Sequence[str], *, day: int) -> Frame:
    """One column of 0 and 1 for each tag; a tag that the day did not know is carried by nobody."""
    import narwhals.stable.v2 as nw

    filled = Fill.objects.filter(entry=TAG_MASKS.name, day=day).first()
    known = list(by_hash(filled.version).at(date_of(day)).tags) if filled else []
    places = {TAG + tag: place for place, tag in enumerate(known)}
    return masks.select(
        "term_id",
        *(
            (nw.col("mask") // (1 << places[one]) % 2 if one in places else nw.col("mask") * 0)
            .cast(nw.Int64)
            .alias(one)
            for one in asked
        ),
    )


def _with_account(
    frame: Frame, fields: Collection[str], *, day: int, store: Store, engine: Engine
) -> Frame:
    import narwhals.stable.v2 as nw

    asked = sorted(one for one in fields if one.startswith(ACCOUNT))
    if not asked:
        return frame
    accounts = store.read_latest(ACCOUNTS, on_or_before=day, engine=engine)
    told = accounts.select(
        "account_id", *(nw.col(one.removeprefix(ACCOUNT)).alias(one) for one in asked)
    )
    return frame.join(told, on="account_id", how="left")


def _with_events(
    frame: Frame, fields: Collection[str], *, day: int, store: Store, engine: Engine
) -> Frame:
    import narwhals.stable.v2 as nw

    counted = {one: event_of(one) for one in sorted(fields) if one.startswith(EVENT)}
    if not counted:
        return frame
    longest = max(days for _, days in counted.values())
    events = store.read(EVENTS, engine=engine, from_day=day - longest + 1, to_day=day)
    sums = []
    for field, (event, days) in counted.items():
        name, _, feature = event.partition("/")
        meant = (nw.col("name") == name) & (nw.col("day") > day - days)
        if feature:
            meant = meant & (nw.col("feature") == feature)
        sums.append(nw.when(meant).then(1).otherwise(0).sum().cast(nw.Int64).alias(field))
    names = sorted({event.partition("/")[0] for event, _ in counted.values()})
    per_account = events.filter(nw.col("name").is_in(names)).group_by("account_id").agg(*sums)
    return frame.join(per_account, on="account_id", how="left").with_columns(
        *(nw.col(field).fill_null(0) for field in counted)
    )


def cuts_of(rules: Iterable[Rule], frame: Frame, *, engine: Engine) -> Cuts:
    """At which values the standings of some rules cut on the day of the frame."""
    import narwhals.stable.v2 as nw

    asked = sorted(frozenset[tuple[str, float]]().union(*map(quantiles_of, rules)))
    if not asked:
        return {}
    lines = [
        nw.col(feature).quantile(share, interpolation="linear").round(6).alias(str(place))
        for place, (feature, share) in enumerate(asked)
    ]
    (found,) = engine.collect(frame.select(*lines)).to_pylist()
    return {one: found[str(place)] for place, one in enumerate(asked)}


def settle(rules: Mapping[str, Rule], cuts: Cuts) -> dict[str, Rule]:
    """Some rules with their standings settled."""
    return {name: settled(rule, cuts) for name, rule in rules.items()}
