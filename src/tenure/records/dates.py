"""Days added to a date column, inside the database."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Func


class DaysAfter(Func):
    """The date so many days after (below zero: before) a date column."""

    output_field = models.DateField()
    arity = 1

    def __init__(self, column: str, days: int) -> None:
        super().__init__(models.F(column))
        self.days = int(days)

    def as_sqlite(
        self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        sql, values = compiler.compile(self.get_source_expressions()[0])
        return f"date({sql}, %s)", (*values, f"{self.days:+d} days")

    def as_postgresql(
        self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        sql, values = compiler.compile(self.get_source_expressions()[0])
        return f"({sql} + %s)", (*values, self.days)
