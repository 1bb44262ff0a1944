"""Small enough to read: modules, functions, parameters, nesting."""

import ast
from collections.abc import Iterator

from tests.house.sources import (
    Function,
    Source,
    decorators,
    functions,
    methods,
    product_sources,
    python_sources,
    source_of,
)

MODULE_LINES = 400
FUNCTION_LINES = 50
PARAMETERS = 5
POSITIONAL = 2
NESTING = 3
# The command line, the API and the templates' tags say their signatures to the outside.
OPEN_SIGNATURES = {
    "command", "callback", "get", "post", "put", "patch", "delete", "simple_tag", "inclusion_tag",
}  # fmt: skip
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)


def body_lines(function: Function) -> int:
    """Lines of a function without its docstring and its decorators."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def nesting(node: ast.AST, *, depth: int = 0) -> int:
    """How deep blocks stand in blocks; an `elif` is no deeper than its `if`."""
    deepest = depth
    for field, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        chained = isinstance(node, ast.If) and field == "orelse" and len(children) == 1
        for child in children:
            if isinstance(child, ast.AST) and not isinstance(child, ast.FunctionDef | ast.ClassDef):
                opens = isinstance(child, BLOCKS)
                opens = opens and not (chained and isinstance(child, ast.If))
                deepest = max(deepest, nesting(child, depth=depth + opens))
    return deepest


def bound(function: Function, *, source: Source) -> int:
    """One where the first parameter is `self` or `cls`."""
    return int(function in methods(source.tree) and "staticmethod" not in decorators(function))


def size_findings(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if lines > MODULE_LINES:
        yield f"{source.path}: {lines} lines"
    for function in functions(source.tree):
        where = f"{source.at(function)} {function.name}"
        if body_lines(function) > FUNCTION_LINES:
            yield f"{where}: {body_lines(function)} lines"
        if nesting(function) > NESTING:
            yield f"{where}: nested {nesting(function)} deep"


def signature_findings(source: Source) -> Iterator[str]:
    for function in functions(source.tree):
        if decorators(function) & OPEN_SIGNATURES:
            continue
        where = f"{source.at(function)} {function.name}"
        arguments = function.args
        positional = len(arguments.posonlyargs + arguments.args) - bound(function, source=source)
        if positional + len(arguments.kwonlyargs) > PARAMETERS:
            yield f"{where}: {positional + len(arguments.kwonlyargs)} parameters"
        if positional > POSITIONAL and not function.name.startswith("_"):
            yield f"{where}: {positional} positional parameters"


def test_modules_and_functions_are_short_and_flat() -> None:
    assert [line for source in python_sources() for line in size_findings(source)] == []


def test_signatures_are_short_and_named() -> None:
    assert [line for source in product_sources() for line in signature_findings(source)] == []


def test_a_module_of_401_lines_is_found() -> None:
    assert list(size_findings(source_of("x = 1\n" * 400))) == []
    assert list(size_findings(source_of("x = 1\n" * 401, path="a.py"))) == ["a.py: 401 lines"]


def test_a_docstring_does_not_count_and_the_51st_line_does() -> None:
    docstring = '    """One.\n\n    Two.\n    """\n'
    fits = "def f():\n" + docstring + "    x = 1\n" * 49

    assert list(size_findings(source_of(fits))) == []
    assert list(size_findings(source_of(fits + "    x = 1\n", path="a.py"))) == [
        "a.py:1 f: 51 lines"
    ]


def test_a_fourth_level_is_found_and_a_chain_of_elif_is_one() -> None:
    chain = "def f(a):\n    if a: pass\n" + "    elif a: pass\n" * 5
    deep = (
        "def f(a):\n    if a:\n        for b in a:\n            while b:\n"
        "                if b: pass\n"
    )

    assert list(size_findings(source_of(chain))) == []
    assert list(size_findings(source_of(deep, path="a.py"))) == ["a.py:1 f: nested 4 deep"]


def test_a_sixth_parameter_and_a_third_positional_one_are_found() -> None:
    wide = "def f(a, b, *, c, d, e, g): pass"
    long = "class A:\n    def f(self, a, b, c): pass"
    command = "@app.command()\ndef f(a, b, c, d, e, g): pass"

    assert list(signature_findings(source_of(wide, path="a.py"))) == ["a.py:1 f: 6 parameters"]
    assert list(signature_findings(source_of(long, path="a.py"))) == [
        "a.py:2 f: 3 positional parameters"
    ]
    assert list(signature_findings(source_of(command))) == []
