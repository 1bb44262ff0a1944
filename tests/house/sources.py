"""The project's own files, read once, for the tests that judge them."""

import ast
import gc
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
PRODUCT = "src/tenure/"

type Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: where it stands, what it says, and its tree."""

    path: PurePosixPath
    text: str
    tree: ast.Module

    @property
    def parts(self) -> tuple[str, ...]:
        return self.path.parts

    @property
    def is_product(self) -> bool:
        return self.path.as_posix().startswith(PRODUCT)

    @property
    def room(self) -> str:
        """The layer of a product's file, such as `records`; empty elsewhere."""
        return self.parts[2] if self.is_product and len(self.parts) > 3 else ""

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}"

    def holds(self, kind: str) -> bool:
        """Whether it is an idea's `rules.py`, or a file of its `rules/`, for `kind` "rules"."""
        return self.path.stem == kind or kind in self.parts[3:-1]


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout.decode()
    paths = (ROOT / name for name in sorted(set(listing.split("\0")) - {""}))
    return tuple(path for path in paths if path.is_file())


def source_of(text: str, *, path: str = "src/tenure/act/letters/rules.py") -> Source:
    """A source made of a text, for the tests that show that a check can fail."""
    return Source(PurePosixPath(path), text, ast.parse(text, filename=path))


@cache
def python_sources() -> tuple[Source, ...]:
    """Every Python file but the migrations, which Django dictates."""
    # Millions of nodes that stay: to look for garbage among them takes longer than to parse.
    gc.disable()
    try:
        return tuple(
            source_of(path.read_text(encoding="utf-8"), path=path.relative_to(ROOT).as_posix())
            for path in tracked()
            if path.suffix == ".py" and "migrations" not in path.parts
        )
    finally:
        gc.freeze()
        gc.enable()


def product_sources() -> tuple[Source, ...]:
    return tuple(source for source in python_sources() if source.is_product)


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Every node of a file: many checks ask for them, and they are found once."""
    return tuple(ast.walk(tree))


def functions(tree: ast.Module) -> Iterator[Function]:
    for node in nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@cache
def methods(tree: ast.Module) -> frozenset[ast.AST]:
    """What stands directly in a class."""
    classes = (node for node in nodes(tree) if isinstance(node, ast.ClassDef))
    return frozenset(item for one in classes for item in one.body)


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of names, calls and subscripts; unknown parts are left empty."""
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def last_name(node: ast.AST) -> str:
    return dotted(node).rpartition(".")[2]


def decorators(function: Function) -> set[str]:
    return {last_name(one) for one in function.decorator_list}


def imported(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Every module that is imported anywhere in a tree, with the name taken from it."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def begins_with(name: str, modules: set[str]) -> bool:
    """Whether a dotted name is one of `modules` or stands inside one."""
    return any(name == module or name.startswith(f"{module}.") for module in modules)
