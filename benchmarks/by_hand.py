"""The understand stage as somebody would write it for one engine and one strategy."""

from collections.abc import Collection
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa
from django.conf import settings

from tenure.records.strategies.queries import current
from tenure.strategy.health import Component
from tenure.strategy.rules import AllOf, AnyOf, Leaf, Not, Rule
from tenure.understand.churn.estimator.storing import load
from tenure.understand.churn.history import matrix
from tenure.understand.churn.models import Estimator
from tenure.understand.churn.scoring import scores
from tenure.understand.features.moments import Moment, moment
from tenure.understand.features.sources import core_features
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.facts import ACCOUNTS, ANSWERS, CONTACTS, PAYMENTS, TERMS, TICKETS

SQL = Path(__file__).parent / "by_hand.sql"
ZONE = "Asia/Shanghai"


def understand(*, as_of: date, at: datetime) -> dict[str, object]:
    """Features, tags, health and scores of a day, each written to one Parquet file."""
    strategy, now = current().at(as_of), moment(as_of, at=at, zone=ZONE)
    connection = duckdb.connect()
    _open_tables(connection, now.first_day, last=now.day)
    features(connection, now, core=core_features(strategy.catalog))
    home = settings.TENURE_HOME
    _write(connection, "SELECT * FROM by_hand_features", home / "by-hand-features.parquet")
    tags = " + ".join(
        f"CASE WHEN {condition(tag.rule)} THEN {1 << bit} ELSE 0 END"
        for bit, tag in enumerate(strategy.tags.values())
    )
    _write(
        connection,
        f"SELECT term_id, {tags} AS mask FROM by_hand_features",
        home / "by-hand-tags.parquet",
    )
    _write(connection, _health(strategy.health.components), home / "by-hand-health.parquet")
    return {"rows": _score(connection, home)}


def features(connection: duckdb.DuckDBPyConnection, now: Moment, *, core: Collection[str]) -> None:
    """Make `by_hand_use` and `by_hand_features` from the tables that are there by their names."""
    given = {
        "day": now.day,
        "known_us": now.known_us,
        "ends_us": now.ends_us,
        "evening_us": now.evenings[-1][1],
        "core": sorted(core),
        "year": now.year,
    }
    for statement in SQL.read_text().split(";\n"):
        used = {name: value for name, value in given.items() if f"${name}" in statement}
        connection.execute(statement, used)


def _open_tables(connection: duckdb.DuckDBPyConnection, first: int, *, last: int) -> None:
    store = current_store()
    facts = (ACCOUNTS, TERMS, TICKETS, ANSWERS, PAYMENTS, CONTACTS)
    for table in facts:
        day = store.latest_day(table, on_or_before=last)
        assert day is not None, "the facts are copied before anybody measures"
        _view(connection, table.name, store.paths(table, from_day=day, to_day=day))
    _view(connection, EVENTS.name, store.paths(EVENTS, from_day=first, to_day=last))


def _view(connection: duckdb.DuckDBPyConnection, name: str, paths: list[Path]) -> None:
    connection.read_parquet([str(path) for path in paths]).create_view(name)


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def condition(rule: Rule) -> str:
    """A rule as SQL."""
    if isinstance(rule, Leaf):
        value = f"'{rule.value}'" if isinstance(rule.value, str) else f"{rule.value}"
        operator = {"==": "=", "!=": "<>"}.get(rule.op, rule.op)
        return f"{rule.feature} {operator} {value}"
    if isinstance(rule, Not):
        return f"NOT coalesce({condition(rule.part)}, false)"
    assert isinstance(rule, AllOf | AnyOf), "no tag of this strategy is anything else"
    joined = " AND " if isinstance(rule, AllOf) else " OR "
    return f"({joined.join(condition(one) for one in rule.parts)})"


def _health(components: tuple[Component, ...]) -> str:
    """The weighted mean of the known parts as one statement."""
    parts = ", ".join(f"{_line(one)} AS part_{one.id}" for one in components)
    weighted = " + ".join(f"coalesce(part_{one.id}, 0) * {one.weight}" for one in components)
    known = " + ".join(f"(part_{one.id} IS NOT NULL)::INT * {one.weight}" for one in components)
    names = ", ".join(f"part_{one.id}" for one in components)
    return (
        f"SELECT term_id, ({weighted}) / nullif({known}, 0) AS score, {names} "
        f"FROM (SELECT term_id, {parts} FROM by_hand_features)"
    )


def _line(component: Component) -> str:
    """Straight lines between points as CASE."""
    name, points = component.feature, [(float(x), float(y)) for x, y in component.points]
    cases = [f"WHEN {name} <= {points[0][0]} THEN {points[0][1]}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        slope = (to_y - y) / (to_x - x)
        cases.append(f"WHEN {name} <= {to_x} THEN {y} + ({name} - {x}) * {slope}")
    return f"CASE WHEN {name} IS NULL THEN NULL {' '.join(cases)} ELSE {points[-1][1]} END"


def _score(connection: duckdb.DuckDBPyConnection, home: Path) -> int:
    estimator = Estimator.objects.filter(champion=True).order_by("-as_of").first()
    assert estimator is not None, "an estimator is fitted before anybody measures"
    fitted = load(home / estimator.path)
    table = connection.execute("SELECT * FROM by_hand_features").to_arrow_table()
    scored = scores(fitted, matrix(table, fitted.names))
    columns = {"term_id": table["term_id"], "p_lapse": pa.array(scored.probability)}
    columns |= {f"reason_{n}": pa.array(scored.reason[:, n]) for n in range(3)}
    columns |= {f"share_{n}": pa.array(scored.share[:, n]) for n in range(3)}
    connection.register("scored", pa.table(columns))
    _write(connection, "SELECT * FROM scored", home / "by-hand-risks.parquet")
    return int(table.num_rows)
