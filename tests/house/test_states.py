"""A state is one enum, its moves are one table, and one function writes it."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model

from tenure.kernel.lifecycle import Lifecycle
from tests.house.sources import (
    ROOT,
    Function,
    Source,
    dotted,
    functions,
    product_sources,
    source_of,
    tracked,
)
from tests.house.test_journal import is_claim, kinds_of, model_of
from tools.reference import modules_named

FIELDS = {"state", "status"}
STATEMENT = re.compile(r"\bUPDATE\s+\w+?_(\w+)\b.*?\bSET\b[^;]*?\bstate\s*=", re.I | re.S)


def lifecycles() -> list[Lifecycle[str, str]]:
    found = (
        value for module in modules_named({"rules", "states"}) for value in vars(module).values()
    )
    return [one for one in found if isinstance(one, Lifecycle)]


def models_with_state() -> list[type[Model]]:
    ours = (one for one in apps.get_models() if one.__module__.startswith("tenure."))
    return [one for one in ours if FIELDS & {field.name for field in one._meta.get_fields()}]


def row_writes(function: Function) -> Iterator[str]:
    """The models whose state a function sets on one object; `row` where it is unknown."""
    kinds = kinds_of(function)
    for node in ast.walk(function):
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr in FIELDS:
                yield kinds.get(dotted(target.value), "row")


def names_a_state(call: ast.Call) -> bool:
    if any(one.arg in FIELDS for one in call.keywords):
        return True
    words = (node for one in call.keywords for node in ast.walk(one.value))
    return any(isinstance(one, ast.Constant) and one.value in FIELDS for one in words)


def set_writes(function: Function) -> Iterator[str]:
    """The models whose state a function sets on many rows."""
    kinds = kinds_of(function)
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and names_a_state(node) and not is_claim(node):
            start, _, verb = dotted(node.func).rpartition(".")
            if verb == "update" and (model := model_of(start) or kinds.get(start, "")):
                yield model
            elif verb == "update_rows":
                yield dotted(node.args[0]).rpartition(".")[2]


def writers(sources: tuple[Source, ...]) -> dict[str, set[str]]:
    """For each model, with how it is written: the functions that change its state."""
    found: dict[str, set[str]] = defaultdict(set)
    for source in sources:
        for function in functions(source.tree):
            for model in row_writes(function):
                found[f"{model}, a row"].add(f"{source.path} {function.name}")
            for model in set_writes(function):
                found[f"{model}, a set"].add(f"{source.path} {function.name}")
    return found


def statements() -> dict[str, set[str]]:
    """For each table, the SQL files that change its state, a family for each database as one."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in tracked():
        if path.suffix == ".sql":
            family = path.name.partition(".")[0]
            for table in STATEMENT.findall(path.read_text(encoding="utf-8")):
                found[table].add(str((path.parent / family).relative_to(ROOT)))
    return found


def several(found: dict[str, set[str]]) -> dict[str, list[str]]:
    return {name: sorted(places) for name, places in found.items() if len(places) > 1}


def test_one_function_writes_the_state_of_a_row_and_one_that_of_a_set() -> None:
    assert several(writers(product_sources())) == {}
    assert several(statements()) == {}


def test_every_state_has_its_table_of_moves() -> None:
    tables = {frozenset(map(str, one.states)) for one in lifecycles()}
    without = [
        model.__name__
        for model in models_with_state()
        for field in model._meta.concrete_fields
        if field.name in FIELDS and frozenset(dict(field.choices or ())) not in tables
    ]

    assert without == []


def test_every_table_of_moves_reaches_each_of_its_states() -> None:
    assert [one.name for one in lifecycles() if one.reachable != set(one.states)] == []


def test_a_second_writer_is_found() -> None:
    text = (
        "def move(term: Term):\n    term.state = 'x'\ndef end(term: Term):\n    term.state = 'y'\n"
        "def close():\n    Term.objects.filter(pk=1).update(state='z')\n"
        "def mark():\n    update_rows(Message, rows, columns=('state', 'sent_at'))\n"
    )

    assert several(writers((source_of(text, path="a.py"),))) == {
        "Term, a row": ["a.py end", "a.py move"]
    }
