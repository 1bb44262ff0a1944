"""A name tells what is inside: no drawers without a label."""

import ast
from collections.abc import Iterator

from tests.house.sources import Source, functions, methods, nodes, python_sources, source_of

DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "stuff"}
VAGUE = DRAWERS | {"data", "info", "handle", "process"}
VAGUE_CLASSES = ("Service", "Manager", "Helper", "Util", "Utils")
VAGUE_FUNCTIONS = ("handle", "process")


def name_findings(source: Source) -> Iterator[str]:
    if source.path.stem in VAGUE or DRAWERS.intersection(source.parts):
        yield f"{source.path}: a drawer without a label"
    for node in nodes(source.tree):
        if isinstance(node, ast.ClassDef) and node.name.endswith(VAGUE_CLASSES):
            yield f"{source.at(node)} {node.name}"
    # A method may have its name from the library's class that it fills in.
    for function in set(functions(source.tree)) - methods(source.tree):
        verb = function.name.lstrip("_").partition("_")[0]
        if verb in VAGUE_FUNCTIONS:
            yield f"{source.at(function)} {function.name}"


def test_every_name_says_what_is_inside() -> None:
    assert [line for source in python_sources() for line in name_findings(source)] == []


def test_vague_names_are_found() -> None:
    text = "class OfferManager: pass\ndef handle_offer(): pass\n"

    assert list(name_findings(source_of(text, path="src/tenure/act/utils.py"))) == [
        "src/tenure/act/utils.py: a drawer without a label",
        "src/tenure/act/utils.py:1 OfferManager",
        "src/tenure/act/utils.py:2 handle_offer",
    ]
    assert list(name_findings(source_of("def offer(): pass"))) == []
