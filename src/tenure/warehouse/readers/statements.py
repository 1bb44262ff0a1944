"""The query behind each table of facts, in the words of SQLite or of PostgreSQL.

The queries stand in `sql/`. What the two databases say differently is written `{day:column}`,
`{us:column}` and `{flag:column}`: days since 1970, microseconds since 1970, and 0 or 1. Everything
arrives as whole numbers and text, which both databases hand over without a detour.
"""

import re
from pathlib import Path
from typing import Final

from tenure.warehouse.tables.declaration import Table

_FOLDER: Final = Path(__file__).with_name("sql")
_WORD: Final = re.compile(r"\{(day|us|flag):([a-z_.]+)\}")
_SAID: Final = {
    ("sqlite", "day"): "CAST(julianday(@) - 2440587.5 AS INTEGER)",
    # Django writes six digits after the point, or no point at all.
    (
        "sqlite",
        "us",
    ): "CAST(strftime('%s', @) AS INTEGER) * 1000000 + CAST(substr(@, 21) AS INTEGER)",
    ("sqlite", "flag"): "CAST(@ AS INTEGER)",
    ("postgresql", "day"): "(@ - DATE '1970-01-01')",
    ("postgresql", "us"): "CAST(extract(epoch FROM @) * 1000000 AS bigint)",
    ("postgresql", "flag"): "CAST(@ AS integer)",
}

# Days in the business's zone are counted after reading: the databases know too little of zones.
DERIVED_DAYS: Final = {("tickets", "opened_day"): "opened_us", ("contacts", "day"): "sent_us"}


def query_of(table: Table, *, vendor: str) -> str:
    """The query of a table of facts for a database ("sqlite" or "postgresql")."""
    text = (_FOLDER / f"{table.name}.sql").read_text(encoding="utf-8")
    return _WORD.sub(lambda word: _SAID[vendor, word[1]].replace("@", word[2]), text)


def one_moment(*, vendor: str) -> list[str]:
    """What a transaction says first, so that all its queries see this very moment."""
    text = (_FOLDER / f"one_moment_{vendor}.sql").read_text(encoding="utf-8")
    return [statement for statement in text.split(";") if statement.strip()]
