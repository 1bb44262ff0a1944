"""`make quick` runs what was recorded as quick and what is new, and CI runs everything."""

import os
import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT
from tests.seconds import (
    QUICK_BUDGET_SECONDS,
    QUICK_SECONDS,
    Case,
    Taken,
    is_quick,
    presumed,
    read,
    table_of,
    write,
)

pytest_plugins = ("pytester",)

LONG, SHORT = QUICK_SECONDS, QUICK_SECONDS / 3
TABLE = table_of(
    {
        "tests/a.py::test_cases[first]": Case(SHORT, True),
        "tests/a.py::test_cases[second]": Case(LONG, True),
        "tests/a.py::test_short": Case(SHORT, True),
        "tests/a.py::test_both[sqlite]": Case(SHORT, True),
        "tests/a.py::test_both[postgres]": Case(LONG, False),
    }
)


def test_a_function_with_one_long_case_is_left_out_and_one_that_is_long_elsewhere_is_not() -> None:
    every, quick = round(3 * SHORT + 2 * LONG, 2), round(2 * SHORT, 2)

    assert {"tests/a.py": Taken(every, quick, ("test_cases",))} == TABLE


@pytest.mark.parametrize(
    ("nodeid", "marks", "runs"),
    [
        ("tests/a.py::test_short", (), True),
        ("tests/a.py::test_cases[first]", (), False),
        ("tests/a.py::test_both[sqlite]", (), True),
        ("tests/a.py::test_both[postgres]", ("postgres",), False),
        ("tests/a.py::test_short", ("slow",), False),
        ("tests/a.py::test_new", (), True),
        ("tests/new.py::test_cases[second]", ("parametrize",), True),
        ("tests/new.py::test_page", ("browser",), False),
        ("tests/new.py::test_fit", ("spark",), False),
    ],
)
def test_what_nobody_recorded_is_quick_unless_its_marks_say_otherwise(
    nodeid: str, marks: tuple[str, ...], runs: bool
) -> None:
    assert is_quick(nodeid, marks, TABLE) is runs


def test_marks_say_what_an_unknown_test_may_take() -> None:
    assert presumed(("usefixtures",)) < presumed(("postgres",)) < presumed(("postgres", "slow"))


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    write({**TABLE, "tests/b.py": Taken()}, tmp_path / "seconds.json")

    assert read(tmp_path / "seconds.json") == {**TABLE, "tests/b.py": Taken()}
    assert len((tmp_path / "seconds.json").read_text().splitlines()) == 4


def test_quick_tests_take_no_more_together_than_they_may() -> None:
    """Two cores then need 90 seconds, of which a dozen go into collecting."""
    assert sum(row.quick_seconds for row in read().values()) <= QUICK_BUDGET_SECONDS


def test_only_quick_leaves_something_out() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = {
        verb: command
        for verb, command in re.findall(r"^(\w+):.*\n\t@(.+)$", makefile, re.MULTILINE)
        if "-m pytest" in command
    }

    assert [verb for verb, command in commands.items() if "--quick" in command] == ["quick"]
    assert " -m " not in commands["test"].replace("python -m pytest", "")


@pytest.mark.slow
def test_a_run_is_recorded_by_function_without_what_is_set_up_for_many(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What runs there stands in another folder, and finds the plug-in of this one.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), str(ROOT)]))
    table = pytester.path / "seconds.json"
    table.write_text("{}")
    pytester.makeconftest(
        f"""
        import pathlib, time
        import pytest
        from tests import seconds

        seconds.read.__defaults__ = seconds.write.__defaults__ = (pathlib.Path({str(table)!r}),)
        pytest_plugins = ("tests.seconds",)

        @pytest.fixture(scope="module")
        def shared():
            time.sleep(0.3)
        """
    )
    pytester.makepyfile(
        test_one="""
        import time
        import pytest

        @pytest.mark.parametrize("seconds", [0, 0.2])
        def test_pause(seconds):
            time.sleep(seconds)

        def test_shared(shared):
            pass
        """
    )
    pytester.makeini("[pytest]\nmarkers = slow: none")

    plain = ("-p", "no:django", "-p", "no:schemathesis", "-p", "no:cacheprovider")
    recorded = pytester.runpytest_subprocess(*plain, "--record")
    quick = pytester.runpytest_subprocess(*plain, "--quick")
    both = pytester.runpytest_subprocess(*plain, "--record", "--quick")

    recorded.assert_outcomes(passed=3)
    row = read(table)["test_one.py"]
    assert row.long == ("test_pause",)
    assert row.quick_seconds < QUICK_SECONDS < row.seconds < 0.4
    quick.assert_outcomes(passed=1, deselected=2)
    both.stderr.fnmatch_lines(["*--record notes whole files*"])
