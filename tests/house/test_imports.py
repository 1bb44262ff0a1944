"""The import contracts hold, and heavy libraries stay in their rooms."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator

import pytest

from tests.house.sources import ROOT, Source, imported, product_sources, source_of

LAYERS = [
    "project", "surfaces", "world", "loop", "prove", "act", "decide", "understand", "observe",
    "warehouse", "records", "strategy", "kernel",
]  # fmt: skip
STAGES = {"observe", "understand", "decide", "act", "prove"}
# Where a library may be named at all, at the top of a file or inside a function.
ROOMS = {
    "adbc_driver_manager": {"warehouse"},
    "adbc_driver_postgresql": {"warehouse"},
    "adbc_driver_sqlite": {"warehouse"},
    "alipay": {"act"},
    "allauth": {"surfaces", "project"},
    # understand: single passes that Narwhals cannot say, each beside a twin for every engine.
    "duckdb": {"warehouse", "understand"},
    "granian": {"surfaces", "project"},
    "httpx": {"observe", "act"},
    "liquid": {"act"},
    "narwhals": {"warehouse", "understand", "decide", "act", "prove"},
    "ninja": {"surfaces", "project"},
    "numba": {"understand", "decide"},
    "numpy": {"warehouse", "understand", "decide", "prove", "world"},
    "polib": set(),
    "psycopg": {"warehouse"},
    "pyarrow": {"warehouse", "observe", "understand", "decide", "act", "prove", "world"},
    "rich": {"surfaces"},
    "scipy": {"understand", "decide", "prove"},
    "segno": {"act", "surfaces"},
    "sklearn": {"understand", "decide", "prove"},
    "skops": {"understand"},
    "stripe": {"act"},
    "typer": {"surfaces"},
    "wechatpayv3": {"act"},
    "whitenoise": {"project"},
}


def room_findings(source: Source) -> Iterator[str]:
    for node, name in imported(source.tree):
        library = name.partition(".")[0]
        if library in ROOMS and source.room not in ROOMS[library]:
            yield f"{source.at(node)} {library} in {source.room}"


def loaded_by(statement: str) -> set[str]:
    """The top modules in a fresh interpreter after a statement."""
    script = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_the_contracts_are_the_whole_list_without_exceptions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    layers = next(one for one in contracts if one["type"] == "layers")

    assert layers["layers"] == LAYERS
    assert layers["exhaustive"] is True
    assert not any(key for one in contracts for key in one if "ignore" in key)


def test_imports_point_down_the_layers() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    done = subprocess.run([*command, "--no-cache"], capture_output=True, text=True, cwd=ROOT)

    assert done.returncode == 0, done.stdout


def test_heavy_libraries_stay_in_their_rooms() -> None:
    assert [line for source in product_sources() for line in room_findings(source)] == []


def test_a_library_outside_its_room_is_found() -> None:
    path = "src/tenure/surfaces/console/pages.py"

    assert list(room_findings(source_of("def f():\n    import duckdb\n", path=path))) == [
        f"{path}:2 duckdb in surfaces"
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "import django; django.setup()",
        "import tenure.project.wsgi",
        "import tenure.surfaces.cli.main",
    ],
)
def test_pages_and_commands_start_without_the_heavy_libraries(statement: str) -> None:
    heavy = {"duckdb", "numba", "numpy", "pyarrow", "scipy", "sklearn", "skops"}

    assert loaded_by(statement) & heavy == set()
