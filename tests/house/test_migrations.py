"""Migrations say what the models say, can be taken back, and run on both databases."""

import ast
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from tests.house.sources import (
    PRODUCT,
    ROOT,
    Source,
    imported,
    last_name,
    nodes,
    source_of,
    tracked,
)

# What a migration may take from the application: the kinds of columns and their validators.
FIELDS = re.compile(r"tenure\.[\w.]*(?:fields|validators)(?:\.\w+)?")
AUTOMATIC = re.compile(r"_auto_\d")
# Each migration draws many tables anew, and what it lets go of is little: to look for garbage every
# few hundred objects is a fifth of what it takes.
SPARING = "import gc; gc.set_threshold(100_000, 20, 100)"
GO = f"""
{SPARING}
from django.core.management import execute_from_command_line
execute_from_command_line(["django", "migrate", "--verbosity=0"])
"""
# All of ours are taken back as one plan: `migrate LABEL zero` for each would draw every state of
# the tables anew for each, which is most of what it takes.
TAKE_BACK = f"""
{SPARING}
import sys
import django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
MigrationExecutor(connection).migrate([(label, None) for label in sys.argv[1:]])
left = MigrationExecutor(connection).loader.applied_migrations
assert not [name for label, name in left if label in sys.argv[1:]], left
"""


def migrations() -> Iterator[Source]:
    for path in tracked():
        if "migrations" in path.parts and path.suffix == ".py" and path.stem != "__init__":
            name = path.relative_to(ROOT).as_posix()
            if name.startswith(PRODUCT):
                yield source_of(path.read_text(encoding="utf-8"), path=name)


def migration_findings(source: Source) -> Iterator[str]:
    if AUTOMATIC.search(source.path.stem):
        yield f"{source.path}: name it for what it does"
    for node, name in imported(source.tree):
        if name.startswith("tenure") and not FIELDS.fullmatch(name):
            yield f"{source.at(node)} imports {name}"
    for node in nodes(source.tree):
        if isinstance(node, ast.Call) and last_name(node.func) in {"RunPython", "RunSQL"}:
            ways = len(node.args) + sum(
                one.arg in {"reverse_code", "reverse_sql"} for one in node.keywords
            )
            if ways < 2:
                yield f"{source.at(node)} cannot be taken back"


def migrate(*, between: Callable[[], object] = int, **environment: str) -> None:
    """Run every migration forwards, then ours back to nothing, in a fresh process."""
    names = [one.label for one in apps.get_app_configs() if one.name.startswith("tenure.")]
    ours = [
        label for label in names if (Path(apps.get_app_config(label).path) / "migrations").exists()
    ]
    variables = {**os.environ, **environment}
    subprocess.run([sys.executable, "-c", GO], check=True, env=variables, cwd=ROOT)
    between()
    back = [sys.executable, "-c", TAKE_BACK, *ours]
    subprocess.run(back, check=True, env=variables, cwd=ROOT)


def shape_of(database: Path) -> dict[str, list[str]]:
    """Every table and index with its parts, in whatever order they were declared; what was done."""
    with closing(sqlite3.connect(database)) as connection:
        made = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        shape = {name: sorted(re.split(r", (?=\"|CONSTRAINT)", sql[:-1])) for name, sql in made}
        done = connection.execute("SELECT DISTINCT app || '.' || name FROM django_migrations")
        return {**shape, "migrations": sorted(name for (name,) in done)}


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    with_models = [one for one in apps.get_app_configs() if one.name.startswith("tenure.")]
    without_folder = [
        one.label
        for one in with_models
        if list(one.get_models()) and not (Path(one.path) / "migrations").is_dir()
    ]

    assert without_folder == []
    assert call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1) is None


def test_migrations_are_named_reversible_and_stand_alone() -> None:
    assert [line for source in migrations() for line in migration_findings(source)] == []


@pytest.mark.slow
def test_migrations_run_there_and_back_on_sqlite(tmp_path: Path, sqlite_template: Path) -> None:
    """They come to the same tables as `make_tables`, which makes them at once."""
    migrated: dict[str, list[str]] = {}

    migrate(
        TENURE_HOME=str(tmp_path),
        between=lambda: migrated.update(shape_of(tmp_path / "records.sqlite3")),
    )

    assert len(migrated) > 100
    assert migrated == shape_of(sqlite_template)


@pytest.mark.postgres
def test_migrations_run_there_and_back_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    migrate(TENURE_HOME=str(tmp_path), TENURE_DATABASE=postgres_url)

    assert not (tmp_path / "records.sqlite3").exists()


def test_a_bad_migration_is_found() -> None:
    text = (
        "from tenure.records.customers.models import Account\n"
        "from tenure.records.journal.fields import TransactionField\n"
        "operations = [migrations.RunPython(forwards)]\n"
    )
    path = "src/tenure/records/migrations/0002_auto_20261121.py"

    assert list(migration_findings(source_of(text, path=path))) == [
        f"{path}: name it for what it does",
        f"{path}:1 imports tenure.records.customers.models.Account",
        f"{path}:3 cannot be taken back",
    ]
