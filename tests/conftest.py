"""What every test stands on: a home folder of its own, one thread each, no silent skip in CI."""

import gc
import os
import shutil
import tempfile
import threading
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

pytest_plugins = ("tests.postgres", "tests.databases", "tests.browser", "tests.seconds")

# Set before anything imports NumPy or the settings. The first process makes the folder, and the
# workers that it starts inherit its name.
IS_FIRST_PROCESS = "TENURE_TEST_ROOT" not in os.environ
for library in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
if IS_FIRST_PROCESS:
    os.environ["TENURE_TEST_ROOT"] = tempfile.mkdtemp(prefix="tenure-tests-")
TEST_ROOT = Path(os.environ["TENURE_TEST_ROOT"])
for name in [name for name in os.environ if name.startswith("TENURE_")]:
    if name != "TENURE_TEST_ROOT":
        del os.environ[name]
os.environ["TENURE_HOME"] = str(TEST_ROOT / os.environ.get("PYTEST_XDIST_WORKER", "home"))
os.environ["DJANGO_SETTINGS_MODULE"] = "tenure.project.settings"

# What is imported stays: while tests are collected, to look for garbage only takes time.
gc.disable()

IN_CI = os.environ.get("CI") == "true"
# Shared machines pause; a slow example is no wrong one. In CI the same examples run every time.
hypothesis.settings.register_profile("house", deadline=None, derandomize=IN_CI, print_blob=True)
hypothesis.settings.load_profile("house")


def pytest_configure() -> None:
    """Read the settings, now that the run has its home; pytest-django sets Django up after this."""
    from django.conf import settings

    assert Path(os.environ["TENURE_HOME"]) == settings.TENURE_HOME
    # A password is hashed in the same way everywhere; here it need not take a second.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Make the tables of the test database at once, as the product does, not by migrating."""
    from django.db import connection

    connection.settings_dict["TEST"]["MIGRATE"] = False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> None:
    from django.db import connection

    from tenure.records.tables import note_migrations
    from tests.databases import keep_beginning

    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            note_migrations(editor)
        keep_beginning()


# Whether a test's work gave back what the collector is spared. Asking the collector would count
# millions of objects, each time.
_given_back = threading.Event()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """From here on, look for garbage among what tests make alone."""
    give_back = gc.unfreeze

    def unfreeze() -> None:
        give_back()
        _given_back.set()

    gc.unfreeze = unfreeze
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Spare it again after a test whose work gave it back (`kernel.memory.spared`)."""
    if _given_back.is_set():
        _given_back.clear()
        gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let each worker name the settings itself, after it has its own home folder."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


def refuses_skip(report: pytest.TestReport | pytest.CollectReport) -> bool:
    """Whether this skip is a hole in a CI run: only a test that needs Java may be left out."""
    return (
        IN_CI
        and report.outcome == "skipped"
        and not hasattr(report, "wasxfail")
        and "spark" not in getattr(report, "keywords", {})
    )


def refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"Nothing may be skipped under CI=true. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if refuses_skip(report):
        refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if refuses_skip(report):
        refuse(report)
    return report


def pytest_unconfigure() -> None:
    """Stop what the run started and take its folder away; workers end before the first process."""
    from tests.postgres import stop_cluster

    if IS_FIRST_PROCESS:
        stop_cluster(TEST_ROOT)
        shutil.rmtree(TEST_ROOT, ignore_errors=True)
