"""Both databases, with one connection for quick tests and with many for races.

The tables are made once for a run; every further database is a copy of that one.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tenure.records.tables import make_tables
from tests.postgres import Cluster

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
TEMPLATE = "tenure_template"
# The test database of this process as it was before the first test.
_BEGINNING: list[sqlite3.Connection] = []


def keep_beginning() -> None:
    """Remember the test database as it is now, with its tables and without a customer's row."""
    from django.db import connection

    if connection.vendor == "sqlite":
        _BEGINNING[:] = [sqlite3.connect(":memory:", check_same_thread=False)]
        connection.connection.backup(_BEGINNING[0])


def put_beginning_back() -> None:
    """Make the test database what it was, to the number that each table gives next.

    Django empties the tables after a test that commits, and they go on counting: whatever is
    remembered by its rows (`tests/remembered.py`) would never be the same again.
    """
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    if _BEGINNING and connection.vendor == "sqlite" and connection.connection is not None:
        _BEGINNING[0].backup(connection.connection)
        ContentType.objects.clear_cache()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Whoever comes after a test that commits begins where all began."""
    yield
    mark = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & {*getattr(item, "fixturenames", ())}
    if asked or (mark is not None and mark.kwargs.get("transaction")):
        put_beginning_back()


@contextmanager
def default_database(settings: dict[str, object]) -> Iterator[None]:
    """Put another database under the name `default`, for this thread and for those it starts."""
    from django.db import connections

    old_settings, old_connection = connections.settings["default"], connections["default"]
    connections.settings["default"] = {**old_settings, "OPTIONS": {}, **settings}
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = old_settings
        connections["default"] = old_connection


def database(address: str = "", *, path: Path | None = None) -> dict[str, object]:
    """The settings of a database of the product: at an address, or in a file of SQLite."""
    from tenure.project.settings import _database

    return _database(address) if path is None else {**_database(""), "NAME": path}


@contextmanager
def first_one(name: str) -> Iterator[Path]:
    """The mark that something was made for the run; nobody else looks meanwhile."""
    root = Path(os.environ["TENURE_TEST_ROOT"])
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield root / f"{name}.made"


@pytest.fixture(scope="session")
def sqlite_template(django_db_blocker: "DjangoDbBlocker") -> Path:
    """A file of SQLite with every table and no row of a customer, to be copied."""
    path = Path(os.environ["TENURE_TEST_ROOT"]) / "template.sqlite3"
    with first_one("sqlite") as mark:
        if not mark.exists():
            with django_db_blocker.unblock(), default_database(database(path=path)):
                make_tables()
            mark.touch()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: Cluster, django_db_blocker: "DjangoDbBlocker") -> str:
    """The name of a database of PostgreSQL with every table, to be copied."""
    with first_one("tables") as mark:
        if not mark.exists():
            address = postgres_cluster.create(name=TEMPLATE)
            with django_db_blocker.unblock(), default_database(database(address)):
                make_tables()
            mark.touch()
    return TEMPLATE


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_cluster: Cluster, postgres_template: str) -> Iterator[str]:
    """The address of one PostgreSQL with every table, shared by tests that roll back."""
    address = postgres_cluster.create(template=postgres_template)
    yield address
    postgres_cluster.drop(address)


@pytest.fixture
def postgres_copy(postgres_cluster: Cluster, postgres_template: str) -> Iterator[str]:
    """The address of a PostgreSQL with every table that this test has for itself."""
    address = postgres_cluster.create(template=postgres_template)
    yield address
    postgres_cluster.drop(address)


@pytest.fixture(params=BOTH)
def either_database(request: pytest.FixtureRequest, db: None) -> Iterator[str]:
    """Runs the test on SQLite and on PostgreSQL; everything is rolled back."""
    from django.db import transaction

    if request.param == "sqlite":
        yield "sqlite"
        return
    address = request.getfixturevalue("postgres_with_tables")
    blocker = request.getfixturevalue("django_db_blocker")
    with blocker.unblock(), default_database(database(address)), transaction.atomic():
        yield "postgres"
        transaction.set_rollback(True)


@pytest.fixture(params=BOTH)
def shared_database(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any
) -> Iterator[str]:
    """A database of the test's own, with real commits, for several threads at once."""
    if request.param == "sqlite":
        path = tmp_path / "records.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        settings = database(path=path)
    else:
        settings = database(request.getfixturevalue("postgres_copy"))
    with django_db_blocker.unblock(), default_database(settings):
        yield request.param
