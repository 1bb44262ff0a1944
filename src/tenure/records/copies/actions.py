"""Watch the records for changes, and forget those that a copy holds."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from django.db import connection, transaction

from tenure.records.copies.models import Copied, Touched
from tenure.records.copies.sources import EVENTS, Source, sources
from tenure.records.rows import select_rows

_FOLDER = Path(__file__).parent


def watch() -> bool:
    """Make the database note every change from now on; whether it did so before.

    The triggers are looked for each time: a migration that rebuilds a table of SQLite, or a
    restore without triggers, takes them away, and only a full copy tells the truth then.
    """
    wanted = set(_names())
    if wanted <= {name for (name,) in select_rows(_FOLDER / "watched.sql", {})}:
        return True
    with transaction.atomic(), connection.cursor() as cursor:
        Copied.objects.all().delete()
        for source in sources():
            for statement in _statements(source):
                cursor.execute(statement)
    return False


@transaction.atomic
def settle(paths: Mapping[str, str], *, zone: str, seen: int) -> None:
    """Remember which files hold the records now, and forget the changes that they hold.

    Args:
        paths: fact → its file.
        zone: whose days the files count in.
        seen: what `adbc` saw: up to this number every change stands in the files.
    """
    for fact, path in paths.items():
        Copied.objects.update_or_create(fact=fact, defaults={"path": path, "zone": zone})
    if connection.vendor == "postgresql":
        Touched.objects.filter(written_in__lt=seen).delete()
    else:
        Touched.objects.filter(pk__lte=seen).delete()


def _names() -> Iterator[str]:
    events = [event.lower() for event in EVENTS] if connection.vendor == "sqlite" else ["any"]
    return (f"touched_{source.name}_{event}" for source in sources() for event in events)


def _statements(source: Source) -> Iterator[str]:
    """What a trigger is made of takes no values: the names of our own tables stand in it."""
    if connection.vendor == "postgresql":
        text = (_FOLDER / "watch.postgresql.sql").read_text(encoding="utf-8")
        yield text.format(source=source.name, new=source.rows("NEW"), old=source.rows("OLD"))
        return
    text = (_FOLDER / "watch.sql").read_text(encoding="utf-8")
    new, old = source.rows("NEW"), source.rows("OLD")
    rows = {"INSERT": new, "UPDATE": f"{old} UNION {new}", "DELETE": old}
    for event in EVENTS:
        yield text.format(source=source.name, event=event.lower(), rows=rows[event])
