"""Strategy documents to spoil, one copy each time."""

import pickle
from collections.abc import Iterator
from functools import cache
from typing import Any

from tenure.strategy.content import FILES, document_of
from tenure.strategy.loading import PRESETS

Steps = tuple[str | int, ...]


def a_document(preset: str = "broadband") -> dict[str, Any]:
    """A ready strategy as plain tables, free to be changed."""
    found: dict[str, Any] = pickle.loads(_pickled(preset))
    return found


@cache
def _pickled(preset: str) -> bytes:
    """Its files, read once: a copy out of memory takes a tenth of a deep one."""
    return pickle.dumps(dict(document_of(PRESETS / preset)))


def files_of(document: dict[str, Any]) -> dict[str, Any]:
    files: dict[str, Any] = document[FILES]
    return files


def at(document: dict[str, Any], steps: Steps) -> Any:
    """What stands at a path below the files."""
    found: Any = files_of(document)
    for step in steps:
        found = found[step]
    return found


def walk(value: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """Every value of a tree with its path."""
    yield steps, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from walk(one, (*steps, key))
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield from walk(one, (*steps, place))


def one_of_each_shape(document: dict[str, Any]) -> Iterator[tuple[Steps, Any]]:
    """The first value of each path, places in lists put aside."""
    seen: set[Steps] = set()
    for steps, value in walk(files_of(document)):
        shape = tuple("[]" if isinstance(step, int) else step for step in steps)
        if shape not in seen:
            seen.add(shape)
            yield steps, value
