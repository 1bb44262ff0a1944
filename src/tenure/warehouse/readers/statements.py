"""The query behind each table of facts, in the words of SQLite or of PostgreSQL.

The queries stand in `sql/`. What the two databases say differently is written `{day:column}`,
`{us:column}` and `{flag:column}`: days since 1970, microseconds since 1970, and 0 or 1. Everything
arrives as whole numbers and text, which both databases hand over without a detour. `{only:column}`
is where a copy of what changed says which rows it wants.
"""

import re
from pathlib import Path
from typing import Final

from tenure.warehouse.tables.declaration import Table

_FOLDER: Final = Path(__file__).with_name("sql")
_WORD: Final = re.compile(r"\{(day|us|flag|only):([a-z_.]+)\}")
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


def query_of(table: Table, *, vendor: str, changed: bool = False) -> str:
    """The query of a table of facts for a database ("sqlite" or "postgresql").

    Args:
        changed: only the rows that changed since the table was copied last.
    """
    text = (_FOLDER / f"{table.name}.sql").read_text(encoding="utf-8")
    chosen = f"@ IN ({_of_fact('changed', table)})" if changed else "1 = 1"
    said = {word: form for (one, word), form in _SAID.items() if one == vendor} | {"only": chosen}
    return _WORD.sub(lambda word: said[word[1]].replace("@", word[2]), text)


def touched_keys(table: Table) -> str:
    """The query for the keys that changed since the table was copied last."""
    return _of_fact("touched", table)


def _of_fact(name: str, table: Table) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8").format(fact=table.name)


def seen(*, vendor: str) -> str:
    """The query for what a moment has seen of the changes (`records.copies.actions.settle`)."""
    return (_FOLDER / f"seen_{vendor}.sql").read_text(encoding="utf-8")


def one_moment(*, vendor: str) -> list[str]:
    """What a transaction says first, so that all its queries see this very moment."""
    text = (_FOLDER / f"one_moment_{vendor}.sql").read_text(encoding="utf-8")
    return [statement for statement in text.split(";") if statement.strip()]
