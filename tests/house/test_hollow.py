"""No function only says that it is not there yet, and no test passes without a claim."""

import ast
from collections.abc import Iterator

from tests.house.sources import (
    Function,
    Source,
    decorators,
    functions,
    last_name,
    nodes,
    product_sources,
    python_sources,
    source_of,
)

CLAIMS = (
    "assert", "expect", "check", "verify", "raises", "warns", "fail", "to_", "not_to_", "must_",
    "should", "refuses", "wait_for", "call_and_validate", "run_state_machine",
)  # fmt: skip


def protocol_bodies(tree: ast.Module) -> set[ast.AST]:
    """What stands in Protocol classes, whose bodies are empty by nature."""
    classes = (node for node in nodes(tree) if isinstance(node, ast.ClassDef))
    protocols = (one for one in classes if "Protocol" in map(last_name, one.bases))
    return {item for one in protocols for item in ast.walk(one)}


def says_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        return last_name(statement.exc) == "NotImplementedError"
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass) or is_text


def hollow_functions(source: Source) -> Iterator[str]:
    excused = protocol_bodies(source.tree)
    for function in functions(source.tree):
        # A bare callback of the command line has only its docstring.
        named = decorators(function) & {"abstractmethod", "overload", "callback"}
        if not named and function not in excused and all(map(says_nothing, function.body)):
            yield f"{source.at(function)} {function.name}"


def claims(test: Function, *, claiming: set[str]) -> bool:
    """Whether it states something that can fail, itself or by a function in `claiming`."""
    for node in ast.walk(test):
        if isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant):
            return True
        if isinstance(node, ast.Call):
            name = last_name(node.func)
            if name in claiming or name.lstrip("_").startswith(CLAIMS):
                return True
    return False


def claiming_functions(sources: list[Source]) -> set[str]:
    """Functions below tests/ that claim something and are no tests, found until none is added."""
    every = {one.name: one for source in sources for one in functions(source.tree)}
    candidates = {name: one for name, one in every.items() if not name.startswith("test")}
    known: set[str] = set()
    while found := {
        name for name in candidates.keys() - known if claims(candidates[name], claiming=known)
    }:
        known |= found
    return known


def idle_tests(sources: list[Source]) -> list[str]:
    claiming = claiming_functions(sources)
    return [
        f"{source.at(function)} {function.name}"
        for source in sources
        for function in functions(source.tree)
        if function.name.startswith("test_") and not claims(function, claiming=claiming)
    ]


def test_no_function_is_hollow() -> None:
    assert [line for source in product_sources() for line in hollow_functions(source)] == []


def test_every_test_claims_something() -> None:
    assert idle_tests([one for one in python_sources() if one.parts[0] == "tests"]) == []


def test_hollow_functions_are_found() -> None:
    text = 'def a():\n    """Later."""\ndef b():\n    raise NotImplementedError'

    assert list(hollow_functions(source_of(text, path="a.py"))) == ["a.py:1 a", "a.py:3 b"]


def test_a_test_without_a_claim_is_found() -> None:
    text = (
        "def same(a):\n    assert a\ndef test_a():\n    f()\ndef test_b():\n    same(1)\n"
        "def test_c():\n    assert True\n"
    )

    assert idle_tests([source_of(text, path="a.py")]) == ["a.py:3 test_a", "a.py:7 test_c"]
