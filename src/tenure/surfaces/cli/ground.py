"""What every verb that writes stands on: records with their tables, and no surprise on the disk."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tenure.records.tables import make_tables

_TABLES_LOCK: Final = 7_366_873  # an advisory lock of ours in the database


def make_records() -> None:
    """Bring the tables of the records to what this version needs; new ones are made.

    Where nothing is missing nothing is written, so that nobody waits for whoever writes now. Where
    several processes of a new version start at once, one makes them and the others wait for it.
    """
    if not _is_something_missing():
        return
    with _alone():
        if _is_something_missing():
            make_tables()


@contextmanager
def _alone() -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.callproc("pg_advisory_lock", [_TABLES_LOCK])
            try:
                yield
            finally:
                cursor.callproc("pg_advisory_unlock", [_TABLES_LOCK])
        return
    name = str(connection.settings_dict["NAME"])
    if "memory" in name:
        yield
        return
    place = Path(name)
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_suffix(".tables-lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # let go when it is closed, also by a kill
        yield


def _is_something_missing() -> bool:
    wanted = {model._meta.db_table for model in apps.get_models() if model._meta.managed}
    if wanted - set(connection.introspection.table_names()):
        return True
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def records_to_look_at() -> Iterator[None]:
    """The records for a verb that changes nothing, also not by making the database.

    Where there is none yet, it looks at an empty one that vanishes.
    """
    name = str(connection.settings_dict["NAME"])
    place = Path(name)
    is_there = place.exists() and place.stat().st_size > 0
    if connection.vendor != "sqlite" or "memory" in name or is_there:
        make_records()
        yield
        return
    connection.settings_dict["NAME"] = ":memory:"
    try:
        make_records()
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
