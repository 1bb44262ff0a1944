"""Public functions of rules, expressions and estimators say what their types cannot."""

import ast
from collections.abc import Iterator

from tests.house.sources import Source, decorators, product_sources, source_of

KINDS = ("rules", "expressions", "estimator")


def public_functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    """Functions that a module or a public class of it offers; a property is read like a field."""
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            if "property" not in decorators(node):
                yield node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body)


def docstring_findings(source: Source) -> Iterator[str]:
    if any(source.holds(kind) for kind in KINDS):
        for function in public_functions(source.tree.body):
            if ast.get_docstring(function) is None:
                yield f"{source.at(function)} {function.name}"


def test_public_functions_of_rules_expressions_and_estimators_have_docstrings() -> None:
    assert [line for source in product_sources() for line in docstring_findings(source)] == []


def test_a_missing_docstring_is_found_where_one_is_asked_for() -> None:
    text = 'def can_pause(): pass\ndef _inner(): pass\ndef can_end():\n    """Whether."""\n'

    assert list(docstring_findings(source_of(text, path="src/tenure/act/a/rules.py"))) == [
        "src/tenure/act/a/rules.py:1 can_pause"
    ]
    assert list(docstring_findings(source_of(text, path="src/tenure/act/a/queries.py"))) == []
