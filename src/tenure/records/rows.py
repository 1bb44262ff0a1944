"""Write many rows of one model at once, through Django's own connection.

`bulk_create` spends most of its time on objects (50,000 rows a second against 750,000 here) and
`bulk_update` is slower than `save()` in a loop, so whatever grows with the number of customers is
written with these. All run on SQLite and on PostgreSQL and inside the caller's transaction.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import NotSupportedError, connection, models

BATCH_ROWS = 5_000
_NAMED = re.compile(r"%\((\w+)\)s")

_OF_TIME = (models.DateField, models.TimeField)  # a field of instants is one of days too

type AnyField = models.Field[Any, Any]


def insert_rows(
    model: type[models.Model], rows: Iterable[Sequence[Any]], *, columns: Sequence[str]
) -> int:
    """Insert `rows` and skip those that a unique key already holds.

    Args:
        rows: one sequence a row, in the order of `columns`.
        columns: attribute names of the model's fields ("account_id", not "account"); a column
            that is left out takes its field's default.
    Returns:
        How many rows were really added.
    """
    given = [_field(model, name) for name in columns]
    defaults = _defaults(model, given=given)
    fields = given + [field for field, _ in defaults]
    constants = tuple(_adapter(field)(value) for field, value in defaults)
    statement = _insertion(model, tuple(fields), connection.vendor)
    added = 0
    for batch in _batches(rows):
        added += _write(statement, batch, fields=given, constants=constants)
    return added


def insert_row(
    model: type[models.Model], row: Sequence[Any], *, columns: Sequence[str]
) -> int | None:
    """Insert one row; its primary key, or None where a unique key holds it already."""
    given = [_field(model, name) for name in columns]
    defaults = _defaults(model, given=given)
    fields = given + [field for field, _ in defaults]
    complete = (*row, *(value for _, value in defaults))
    key = _column(model._meta.pk)
    names = ", ".join(map(_column, fields))
    statement = (
        f"INSERT INTO {_table(model)} ({names}) VALUES ({', '.join(['%s'] * len(fields))}) "  # nosec B608
        f"ON CONFLICT DO NOTHING RETURNING {key}"
    )
    adapted = [_adapter(field)(one) for field, one in zip(fields, complete, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(statement, adapted)
        found = cursor.fetchone()
    return None if found is None else int(found[0])


def update_rows(
    model: type[models.Model],
    rows: Iterable[Sequence[Any]],
    *,
    columns: Sequence[str],
    key: str = "id",
) -> int:
    """Set `columns` of the rows named by `key`; the key stands last in each of `rows`.

    Returns:
        How many rows of the table the keys named.
    """
    statement, fields = _change(model, (*columns, key), connection.vendor)
    return sum(_write(statement, batch, fields=fields) for batch in _batches(rows))


def run_statement(path: Path, values: Mapping[str, Any]) -> int:
    """Run the SQL that stands in a file beside its verb; how many rows it wrote.

    `%(name)s` marks a value. Where the two databases must be spoken to differently,
    `<name>.postgresql.sql` stands beside `<name>.sql`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_statement(path, connection.vendor), _adapted(values))
        return max(int(cursor.rowcount), 0)


def select_rows(path: Path, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run the query that stands in a file beside its reader; dates come back as stored."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(path, connection.vendor), _adapted(values))
        return list(cursor.fetchall())


def insert_selected(path: Path, values: Mapping[str, Any], *, into: str) -> int:
    """Write what a query finds into a table that has its columns in their order; how many rows."""
    with connection.cursor() as cursor:
        selected = _statement(path, connection.vendor)
        cursor.execute(f"INSERT INTO {into}\n{selected}", _adapted(values))  # nosec B608
        return max(int(cursor.rowcount), 0)


def select_parts(path: Path, parts: Sequence[Mapping[str, Any]]) -> list[list[tuple[Any, ...]]]:
    """Run a query once for each of `parts` by one statement; of each the rows that it finds."""
    found: list[list[tuple[Any, ...]]] = [[] for _ in parts]
    if not parts:
        return found
    statement = _statement(path, connection.vendor)
    named = {f"{name}_{place}": one for place, values in enumerate(parts)
        for name, one in values.items()}  # fmt: skip
    every = "\nUNION ALL\n".join(
        f"SELECT {place}, part.* FROM (\n{_NAMED.sub(rf'%(\1_{place})s', statement)}\n) AS part"  # nosec B608
        for place in range(len(parts))
    )
    with connection.cursor() as cursor:
        cursor.execute(every, _adapted(named))
        for place, *row in cursor.fetchall():
            found[place].append(tuple(row))
    return found


def _batches(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH_ROWS)):
        yield batch


def _write(
    statement: str,
    batch: Sequence[Sequence[Any]],
    *,
    fields: Sequence[AnyField],
    constants: Sequence[Any] = (),
) -> int:
    """Send one batch: row by row to SQLite, column by column to PostgreSQL.

    Args:
        constants: what stands behind the columns of every row, as the driver takes it.
    """
    adapters = [_adapter(field) for field in fields]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite" and not constants and set(adapters) == {_as_it_is}:
            cursor.executemany(statement, batch)
            return max(int(cursor.rowcount), 0)
        columns = _adapted_columns(batch, adapters) + [(one,) * len(batch) for one in constants]
        if connection.vendor == "postgresql":
            cursor.execute(statement, [array_of(column) for column in columns])
        else:
            cursor.executemany(statement, list(zip(*columns, strict=True)))
        return max(int(cursor.rowcount), 0)


def array_of(column: Sequence[Any]) -> Any:
    """A column as PostgreSQL reads arrays from text; the driver's own takes five times as long.

    A column that holds anything but texts, numbers, truths, dates and nothing is left to it.
    """
    writers = {kind: _writer(kind) for kind in set(map(type, column))}
    if any(writer is None for writer in writers.values()):
        return list(column)  # the driver takes a tuple for a row
    if len(writers) == 1:
        (write,) = writers.values()
        return "{" + ",".join(map(write, column)) + "}"  # type: ignore[arg-type]
    return "{" + ",".join([writers[type(one)](one) for one in column]) + "}"  # type: ignore[misc]


def _writer(kind: type) -> Callable[[Any], str] | None:
    if issubclass(kind, str):
        return _quoted
    if issubclass(kind, date):
        return date.isoformat if kind is date else _quoted_instant
    if kind is type(None):
        return _null
    return str if kind in (int, bool, Decimal) else None


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


@lru_cache(maxsize=64)
def _quoted_instant(at: datetime) -> str:
    return f'"{at.isoformat()}"'


def _null(_: None) -> str:
    return "NULL"


def _adapted_columns(
    batch: Sequence[Sequence[Any]], adapters: Sequence[Callable[[Any], Any]]
) -> list[Sequence[Any]]:
    return [
        column if adapt is _as_it_is else list(map(adapt, column))
        for adapt, column in zip(adapters, zip(*batch, strict=True), strict=True)
    ]


@cache
def _insertion(model: type[models.Model], fields: tuple[AnyField, ...], vendor: str) -> str:
    """The statement is built from the names of our own models only, as is `_change`."""
    names = ", ".join(map(_column, fields))
    source = f"VALUES ({', '.join(['%s'] * len(fields))})"
    if vendor == "postgresql":
        source = f"SELECT * FROM {_arrays(fields)}"  # nosec B608
    return f"INSERT INTO {_table(model)} ({names}) {source} ON CONFLICT DO NOTHING"  # nosec B608


@cache
def _change(
    model: type[models.Model], columns: tuple[str, ...], vendor: str
) -> tuple[str, Sequence[AnyField]]:
    """The statement that sets all of the columns but the last, the key; and what they are."""
    fields = [_field(model, name) for name in columns]
    *changed, key = map(_column, fields)
    if vendor == "postgresql":
        names, settings = ", ".join([*changed, key]), ", ".join(f"{n} = new.{n}" for n in changed)
        source = f"{_arrays(fields)} AS new ({names}) WHERE old.{key} = new.{key}"
        return f"UPDATE {_table(model)} AS old SET {settings} FROM {source}", fields  # nosec B608
    settings = ", ".join(f"{n} = %s" for n in changed)
    return f"UPDATE {_table(model)} SET {settings} WHERE {key} = %s", fields  # nosec B608


def _arrays(fields: Sequence[AnyField]) -> str:
    kinds = (str(field.rel_db_type(connection)) for field in fields)
    return f"unnest({', '.join(f'%s::{kind}[]' for kind in kinds)})"


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(field: AnyField) -> str:
    return connection.ops.quote_name(str(field.column))


def _field(model: type[models.Model], name: str) -> AnyField:
    for field in model._meta.concrete_fields:
        if field.attname == name:
            return field
    raise LookupError(f"{model.__name__} has no column {name}")


def _defaults(
    model: type[models.Model], *, given: Sequence[AnyField]
) -> list[tuple[AnyField, Any]]:
    """The columns that must hold something and were left out, with what they hold then."""
    found = []
    for field in model._meta.concrete_fields:
        if field in given or field.primary_key or field.has_db_default():
            continue
        value = field.get_default()
        assert value is not None or field.null, f"{model.__name__} needs {field.attname}"
        if value is not None:
            found.append((field, value))
    return found


def _adapter(field: AnyField) -> Callable[[Any], Any]:
    """How one value of this field is handed to the database driver."""
    if isinstance(field, models.JSONField):
        return _or_nothing(_json_adapter(field.encoder))
    if not isinstance(field, _OF_TIME):
        return _as_it_is
    return _adapter_of(field.get_internal_type(), connection.vendor, connection.timezone_name)


@cache
def _adapter_of(kind: str, vendor: str, zone: str) -> Callable[[Any], Any]:
    """Of instants, days and times: kept, for the same ones come again and again.

    A row that is written alone takes longer to find its adapters than to be written.
    """
    assert (vendor, zone) == (connection.vendor, connection.timezone_name), "as this one writes"
    if kind == "DateTimeField":
        return lru_cache(maxsize=BATCH_ROWS)(_or_nothing(_instant_adapter()))
    if kind == "DateField":
        return lru_cache(maxsize=BATCH_ROWS)(_or_nothing(connection.ops.adapt_datefield_value))
    return _or_nothing(connection.ops.adapt_timefield_value)


def _or_nothing(adapt: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else adapt(value)


def _json_adapter(encoder: type[json.JSONEncoder] | None) -> Callable[[Any], Any]:
    """The same object in several rows of a batch is written once."""
    written: dict[int, tuple[Any, str]] = {}

    def adapted(value: Any) -> str:
        found = written.get(id(value))
        if found is None:
            # The object is kept beside its text: while it lives nothing else has its number.
            found = written[id(value)] = (value, json.dumps(value, cls=encoder))
        return found[1]

    return adapted


def _instant_adapter() -> Callable[[Any], Any]:
    """As Django adapts instants, ten times as fast for those in UTC on SQLite."""
    adapt = connection.ops.adapt_datetimefield_value
    if connection.vendor != "sqlite" or connection.timezone is not UTC:
        return adapt

    def adapted(value: Any) -> Any:
        is_utc = isinstance(value, datetime) and value.tzinfo is UTC
        return str(value.replace(tzinfo=None)) if is_utc else adapt(value)

    return adapted


def _as_it_is(value: Any) -> Any:
    return value


def _instant(value: datetime | None) -> Any:
    return None if value is None else connection.ops.adapt_datetimefield_value(value)


def _day(value: date | None) -> Any:
    return None if value is None else connection.ops.adapt_datefield_value(value)


def _adapted(values: Mapping[str, Any]) -> dict[str, Any]:
    adapted = dict(values)
    for name, value in values.items():
        if isinstance(value, datetime):
            adapted[name] = _instant(value)
        elif isinstance(value, date):
            adapted[name] = _day(value)
    return adapted


@cache
def _statement(path: Path, vendor: str) -> str:
    if vendor not in ("sqlite", "postgresql"):
        raise NotSupportedError(f"{vendor} is not spoken here")
    own = path.with_suffix(f".{vendor}.sql")
    return (own if own.exists() else path).read_text(encoding="utf-8")
