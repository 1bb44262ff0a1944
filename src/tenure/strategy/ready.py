"""Ready journeys: each with the messages that it needs, to be put into a strategy with one step."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy.content import FILES, Document
from tenure.strategy.loading import PRESETS, build
from tenure.strategy.reading import nearest
from tenure.strategy.sections import Strategy

FOLDER: Final = PRESETS / "ready"


class NoSuchReady(Refusal):
    """A ready journey that does not exist."""

    code = "no_such_ready_journey"
    said = Sentence(
        zh="没有名为“{name}”的现成旅程{nearest}。",
        en="There is no ready journey “{name}”{nearest}.",
    )


class ThereAlready(Refusal):
    """A journey that the strategy has."""

    code = "journey_there_already"
    said = Sentence(
        zh="策略里已有编号为“{name}”的旅程或消息；请先改名或删除它。",
        en="The strategy has a journey or a message “{name}” already; rename or remove it first.",
    )


@dataclass(frozen=True, slots=True)
class Ready:
    """One ready file: what it is about, its journeys and their messages as plain tables."""

    id: str
    name: Sentence
    about: Sentence
    journeys: tuple[Mapping[str, Any], ...]
    messages: tuple[Mapping[str, Any], ...]


def every_ready() -> Mapping[str, Ready]:
    """The journeys that ship with the product, by name."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def ready(name: str) -> Ready:
    """One of them.

    Raises:
        NoSuchReady: there is none of this name.
    """
    found = every_ready()
    if name not in found:
        raise NoSuchReady(name=name, nearest=nearest(name, found))
    return found[name]


def is_in(strategy: Strategy, one: Ready) -> bool:
    """Whether every journey of it is in a strategy."""
    return all(journey["id"] in strategy.journeys for journey in one.journeys)


def with_ready(strategy: Strategy, one: Ready) -> Strategy:
    """The strategy with the journeys and messages added to the forms that are in force.

    Raises:
        ThereAlready: a journey or a message of that id is there.
        StrategyError: what it needs is missing, such as the segment that it names.
    """
    document = mutable(strategy.document)
    for section, key, known, tables in (
        ("journeys", "journey", strategy.journeys, one.journeys),
        ("messages", "message", strategy.messages, one.messages),
    ):
        for table in tables:
            if table["id"] in known:
                raise ThereAlready(name=table["id"])
        file = document[FILES][strategy.form(section).file]
        file.setdefault(key, []).extend(deepcopy(list(tables)))
    return build(document)


def mutable(document: Document) -> dict[str, Any]:
    """A copy of a stored document that may be changed."""
    return cast("dict[str, Any]", json.loads(json.dumps(document)))


def _read(path: Path) -> Ready:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Ready(
        id=path.stem,
        name=Sentence(table["name"]["zh"], table["name"]["en"]),
        about=Sentence(table["about"]["zh"], table["about"]["en"]),
        journeys=tuple(table.get("journey", ())),
        messages=tuple(table.get("message", ())),
    )
