"""Draw docs/reference/ from the code: rooms, lifecycles, tables, features, commands.

`make docs` writes the pages; a house test fails where one of them no longer says what the code
says. The page of measurements beside them is written by `make bench`.
"""

import os
import pkgutil
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import django

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
# From the outside in, as imports point.
LAYERS = (
    "project", "surfaces", "world", "loop", "prove", "act", "decide", "understand", "observe",
    "warehouse", "records", "strategy", "kernel",
)  # fmt: skip
NOTE = "<!-- Drawn from the code by `make docs`; change the code, not this page. -->"


def modules_named(names: set[str]) -> Iterator[Any]:
    """Every module of the product whose own name is one of `names`."""
    import tenure

    for found in pkgutil.walk_packages(tenure.__path__, "tenure."):
        parts = found.name.split(".")
        if names & set(parts[2:]) and "migrations" not in parts:
            yield import_module(found.name)


def page(title: str, *lines: str) -> str:
    return "\n".join([f"# {title}", "", NOTE, "", *lines]).rstrip() + "\n"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A Markdown table; bars inside cells are escaped."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return [f"| {' | '.join(line)} |" for line in [[*head], ["---"] * len(head), *cells]]


def lifecycles() -> str:
    from tenure.kernel.lifecycle import Lifecycle

    found = {
        value.name: (value, module.__name__)
        for module in modules_named({"rules", "states"})
        for value in vars(module).values()
        if isinstance(value, Lifecycle)
    }
    lines: list[str] = []
    for name, (lifecycle, _) in sorted(found.items()):
        lines += [f"## {name.capitalize()}", "", "```mermaid", "stateDiagram-v2"]
        lines += [f"    [*] --> {lifecycle.start}"]
        moves = lifecycle.moves.items()
        lines += [f"    {state} --> {reached}: {verb}" for (state, verb), reached in moves]
        lines += [f"    {state} --> [*]" for state in sorted(lifecycle.terminal)]
        lines += ["```", ""]
    return page("Lifecycles", *lines)


def tables() -> str:
    from tenure.warehouse.tables.declaration import Table

    found = {
        value.name: value
        for module in modules_named({"tables"})
        for value in vars(module).values()
        if isinstance(value, Table)
    }
    lines: list[str] = []
    for name, declared in sorted(found.items()):
        rows = [(column.name, column.kind, column.unit) for column in declared.columns]
        key = ", ".join(declared.key)
        lines += [f"## {name}", "", f"{declared.grain[0].upper()}{declared.grain[1:]}; key: {key}."]
        lines += ["", *table(("column", "kind", "unit"), rows), ""]
    return page("Tables of the warehouse", *lines)


def features() -> str:
    from tenure.strategy.features import OBSERVED, SCORED

    rows = [
        (f"`{one.id}`", one.name.zh, one.name.en, one.kind.value, one.unit.en)
        for one in [*OBSERVED.values(), *SCORED.values()]
    ]
    head = ("id", "中文", "English", "kind", "unit")
    return page("Features that rules may use", *table(head, rows))


def commands() -> str:
    import typer
    from typer.main import get_command

    from tenure.surfaces.cli.main import application

    lines: list[str] = []

    def describe(command: Any, path: str) -> None:
        children = getattr(command, "commands", {})
        context = typer.Context(command, info_name=path)
        lines.extend([f"## {path}", "", (command.help or "").strip(), ""])
        rows = [one.get_help_record(context) for one in command.params if one.name != "help"]
        shown = [tuple(row) for row in rows if row is not None]
        if shown:
            lines.extend([*table(("option", "what it does"), shown), ""])
        for name in sorted(children):
            describe(children[name], f"{path} {name}")

    describe(get_command(application()), "tenure")
    return page("Commands", *lines)


def rooms() -> str:
    """What the first line of each package says, under the layer that it stands in."""
    import tenure

    said: dict[str, list[tuple[str, str]]] = {}
    for found in pkgutil.walk_packages(tenure.__path__, "tenure."):
        _, layer, *inner = found.name.split(".")
        if not found.ispkg or "migrations" in inner:
            continue
        about = (import_module(found.name).__doc__ or "").strip().partition("\n")[0]
        under = said.setdefault(layer, [])
        if inner and about:
            under.append((f"`{'/'.join(inner)}`", about))
    lines: list[str] = []
    for layer in LAYERS:
        if said.get(layer):
            lines += [f"## {layer}", "", *table(("room", "what it is"), said[layer]), ""]
    return page("Rooms", *lines)


PAGES = {
    "rooms.md": rooms,
    "lifecycles.md": lifecycles,
    "tables.md": tables,
    "features.md": features,
    "commands.md": commands,
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.project.settings")
    # The pages are in English, whatever the reader's terminal speaks.
    os.environ["TENURE_LANG"] = "en"
    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, draw in PAGES.items():
        (FOLDER / name).write_text(draw(), encoding="utf-8")
        print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()
