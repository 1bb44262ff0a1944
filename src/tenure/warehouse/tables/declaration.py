"""How a table is declared."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["int64", "int32", "float64", "string"]


@dataclass(frozen=True)
class Column:
    """One column. Flags are int64 0 or 1, days are days since 1970, instants are microseconds."""

    name: str
    kind: Kind
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """One table, stored as Parquet files partitioned by day."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    sorted_by: tuple[str, ...] = ("account_id",)

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)
