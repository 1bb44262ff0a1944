"""What tests took when the suite was last recorded; which are quick, and which go first.

`seconds.json` has a row for each file, written by `make test ARGS=--record` on a machine that does
nothing else. `make quick` leaves out each function whose dearest case took `QUICK_SECONDS` or more;
workers take the files that took longest first. What the table does not know counts as quick until
it is recorded again.
"""

import json
import time
from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

TABLE = Path(__file__).with_name("seconds.json")
QUICK_SECONDS = 0.1
# All quick tests on one core. Two share it, and each collects for a dozen seconds before.
QUICK_BUDGET_SECONDS = 120
# Left out of `make quick` whatever they took.
NEVER_QUICK = frozenset({"slow", "browser", "postgres", "spark"})
# What a test may take that the table does not know, by its marks.
PRESUMED_SECONDS = {"slow": 5.0, "browser": 5.0, "postgres": 0.15, "": 0.05}
SHARED = "shared_seconds"


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of one file: of all its tests and of its quick ones; the functions that are long."""

    seconds: float = 0.0
    quick_seconds: float = 0.0
    long: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Seconds of one test, without what it set up for others too."""

    seconds: float
    may_be_quick: bool


def function_of(nodeid: str) -> tuple[str, str]:
    """The file of a test, and its function there without its case."""
    file, _, rest = nodeid.partition("::")
    return file, rest.partition("[")[0]


def table_of(cases: Mapping[str, Case]) -> dict[str, Taken]:
    """The rows of the files that these tests stand in."""
    functions: dict[str, dict[str, list[Case]]] = defaultdict(lambda: defaultdict(list))
    for nodeid, case in cases.items():
        file, function = function_of(nodeid)
        functions[file][function].append(case)
    return {file: _row(found) for file, found in functions.items()}


def _row(functions: Mapping[str, list[Case]]) -> Taken:
    candidates = {
        name: [one.seconds for one in cases if one.may_be_quick]
        for name, cases in functions.items()
    }
    long = {name for name, taken in candidates.items() if max(taken, default=0) >= QUICK_SECONDS}
    return Taken(
        seconds=round(sum(one.seconds for cases in functions.values() for one in cases), 2),
        quick_seconds=round(sum(sum(candidates[name]) for name in {*candidates} - long), 2),
        long=tuple(sorted(long)),
    )


def read(path: Path = TABLE) -> dict[str, Taken]:
    """The rows as they were recorded, by file."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {file: Taken(**{**row, "long": tuple(row["long"])}) for file, row in rows.items()}


def write(rows: Mapping[str, Taken], path: Path = TABLE) -> None:
    """One row a line, so that a file that changed is a line that changed."""
    lines = (f"{json.dumps(file)}: {json.dumps(asdict(row))}" for file, row in sorted(rows.items()))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def is_quick(nodeid: str, marks: Iterable[str], rows: Mapping[str, Taken]) -> bool:
    """Whether `make quick` runs a test."""
    file, function = function_of(nodeid)
    return not NEVER_QUICK & {*marks} and function not in rows.get(file, Taken()).long


def presumed(marks: Iterable[str]) -> float:
    """Seconds of a test that nobody recorded."""
    return max(PRESUMED_SECONDS.get(mark, 0) for mark in ("", *marks))


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tenure")
    group.addoption("--quick", action="store_true", help="leave out what is slow or took long")
    group.addoption("--record", action="store_true", help="note what tests took in seconds.json")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.record:
        if config.option.quick or config.option.markexpr or config.option.keyword:
            raise pytest.UsageError("--record notes whole files: give no -m, no -k, no --quick")
        config.pluginmanager.register(Recorder())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not quick, where that was asked; give workers the longest files first."""
    rows = read()
    marks = {item.nodeid: {mark.name for mark in item.iter_markers()} for item in items}
    if config.option.quick:
        left = [one for one in items if not is_quick(one.nodeid, marks[one.nodeid], rows)]
        config.hook.pytest_deselected(items=left)
        gone = {one.nodeid for one in left}
        items[:] = [one for one in items if one.nodeid not in gone]
    if not hasattr(config, "workerinput"):
        return
    takes: dict[str, float] = defaultdict(float)
    for nodeid in (item.nodeid for item in items):
        file = function_of(nodeid)[0]
        if file not in rows:
            takes[file] += presumed(marks[nodeid])
        else:
            takes[file] = rows[file].quick_seconds if config.option.quick else rows[file].seconds
    files = {item.nodeid: function_of(item.nodeid)[0] for item in items}
    items.sort(key=lambda item: (-takes[files[item.nodeid]], files[item.nodeid]))


class Recorder:
    """Notes what each test took, and at the end writes the rows of the files that ran."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self._shared_seconds = 0.0
        self._is_inside = False

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object]
    ) -> Generator[None, object, object]:
        """What a test sets up for others too is not what it took."""
        if fixturedef.scope == "function" or self._is_inside:
            return (yield)
        begun, self._is_inside = time.perf_counter(), True
        try:
            return (yield)
        finally:
            self._is_inside = False
            self._shared_seconds += time.perf_counter() - begun

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        report.user_properties.append((SHARED, self._shared_seconds))
        self._shared_seconds = 0.0
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        noted = dict(report.user_properties).get(SHARED)
        shared = noted if isinstance(noted, float) else 0.0
        known = self.cases.get(report.nodeid, Case(0.0, True))
        self.cases[report.nodeid] = Case(
            known.seconds + max(0.0, report.duration - shared),
            not NEVER_QUICK & {*report.keywords},
        )

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workerinput"):
            return
        kept = {
            file: row for file, row in read().items() if (session.config.rootpath / file).exists()
        }
        write({**kept, **table_of(self.cases)})
