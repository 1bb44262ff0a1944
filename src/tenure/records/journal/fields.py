"""The column that orders the journal by the transaction that wrote it."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Func


class WritingTransaction(Func):
    """The number of the transaction that writes the row; 0 on SQLite, which has one writer."""

    function = "pg_current_xact_id"
    arity = 0

    def as_sqlite(
        self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        return "0", ()

    def as_postgresql(
        self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        return "pg_current_xact_id()::text::bigint", ()


class TransactionField(models.BigIntegerField):  # type: ignore[type-arg]
    """Filled by the database itself, so that no way of writing a row can forget it.

    The numbers belong to one database cluster: a dump restored into another one starts with
    every `written_in` set to 0 and the followers' places set to the last entry.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("db_default", WritingTransaction(output_field=models.BigIntegerField()))
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, arguments, options = super().deconstruct()
        options.pop("db_default", None)
        return name, path, arguments, options
