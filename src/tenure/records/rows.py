"""Write many rows of one model at once, through Django's own connection.

`bulk_create` spends most of its time on objects (50,000 rows a second against 750,000 here), so
whatever grows with the number of customers is written with these. Both run on SQLite and on
PostgreSQL and inside the caller's transaction.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection, models

BATCH_ROWS = 5_000


def insert_rows(
    model: type[models.Model], rows: Iterable[Sequence[Any]], *, columns: Sequence[str]
) -> int:
    """Insert `rows` and skip those that a unique key already holds.

    Args:
        rows: one sequence a row, in the order of `columns`.
        columns: attribute names of the model's fields ("account_id", not "account").
    Returns:
        How many rows were really added.
    """
    fields = [_field(model, name) for name in columns]
    adapters = [_adapter(field) for field in fields]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    # The statement is built from field names of our own models only.
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608
    added = 0
    iterator = iter(rows)
    with connection.cursor() as cursor:
        while batch := list(islice(iterator, BATCH_ROWS)):
            adapted = zip(
                *(map(adapt, column) for adapt, column in zip(adapters, zip(*batch, strict=True), strict=True)),
                strict=True,
            )
            cursor.executemany(statement, list(adapted))
            added += max(cursor.rowcount, 0)
    return added


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    for field in model._meta.concrete_fields:
        if field.attname == name:
            return field
    raise LookupError(f"{model.__name__} has no column {name}")


def _adapter(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """How one value of this field is handed to the database driver."""
    if isinstance(field, models.DateTimeField):
        return _instant
    if isinstance(field, models.DateField):
        return _day
    if isinstance(field, models.JSONField | models.TimeField | models.BooleanField):
        return lambda value: None if value is None else field.get_db_prep_save(value, connection)
    return lambda value: value


def _instant(value: datetime | None) -> Any:
    return None if value is None else connection.ops.adapt_datetimefield_value(value)


def _day(value: date | None) -> Any:
    return None if value is None else connection.ops.adapt_datefield_value(value)
