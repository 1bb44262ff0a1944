"""Ask for the rows of many keys at once, however many there are.

`pk__in` writes each key into the statement as a value of its own: Django and the driver then spend
more time on the statement than the database on the rows. Here PostgreSQL gets one array, and
SQLite the numbers as they are.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import F, Lookup, Q

from tenure.records.rows import array_of


class _Among(Lookup):
    """Whether a whole number or a text is one of those given."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Numbers are written out, which no number can misuse; texts are values of their own."""
        name, values = self.process_lhs(compiler, connection)
        keys = self.rhs
        is_text = isinstance(keys[0], str)
        if connection.vendor == "postgresql":
            kind = "text" if is_text else "bigint"
            return f"{name} = ANY(%s::{kind}[])", (*values, array_of(keys))
        if is_text:
            return f"{name} IN ({', '.join(['%s'] * len(keys))})", (*values, *keys)
        return f"{name} IN ({', '.join(map(str, map(int, keys)))})", tuple(values)


def among(name: str, keys: Collection[int] | Collection[str]) -> Any:
    """A condition for `filter`: the field called `name` is one of `keys`; nothing is among none."""
    return _Among(F(name), tuple(keys)) if keys else Q(pk__in=())
