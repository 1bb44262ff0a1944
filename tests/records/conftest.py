"""Both databases, with one connection for quick tests and with many for races."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from tenure.project.settings import _database
from tests.postgres import Cluster

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@contextmanager
def default_database(settings: dict[str, object]) -> Iterator[None]:
    """Put another database under the name `default`, for this thread and for those it starts."""
    old_settings, old_connection = connections.settings["default"], connections["default"]
    connections.settings["default"] = {**old_settings, "OPTIONS": {}, **settings}
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = old_settings
        connections["default"] = old_connection


def make_tables() -> None:
    call_command("migrate", run_syncdb=True, verbosity=0)


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_cluster: Cluster, django_db_blocker: Any) -> Iterator[str]:
    """The address of one PostgreSQL with every table, shared by tests that roll back."""
    address = postgres_cluster.create()
    with django_db_blocker.unblock(), default_database(_database(address)):
        make_tables()
    yield address
    postgres_cluster.drop(address)


@pytest.fixture(params=BOTH)
def either_database(request: pytest.FixtureRequest, db: None) -> Iterator[str]:
    """Runs the test on SQLite and on PostgreSQL; everything is rolled back."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    address = request.getfixturevalue("postgres_with_tables")
    blocker = request.getfixturevalue("django_db_blocker")
    with blocker.unblock(), default_database(_database(address)), transaction.atomic():
        yield "postgres"
        transaction.set_rollback(True)


@pytest.fixture(params=BOTH)
def shared_database(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any
) -> Iterator[str]:
    """A database of the test's own, with real commits, for several threads at once."""
    if request.param == "sqlite":
        settings = {**_database(""), "NAME": tmp_path / "records.sqlite3"}
    else:
        settings = _database(request.getfixturevalue("postgres_url"))
    with django_db_blocker.unblock(), default_database(settings):
        make_tables()
        yield request.param
