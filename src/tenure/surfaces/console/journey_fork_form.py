"""The forks of a journey in its editor: names and weights, and room for one more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from tenure.strategy.journey_writing import forks_of
from tenure.strategy.journeys import Journey
from tenure.strategy.sections import Strategy

NEW_FORK: Final = "newfork"
WAYS_OF_NEW: Final = 2
# What the first branch of a new fork asks until somebody changes its rule.
_FIRST_RULE: Final = [{"feature": "days_left", "op": ">=", "value": 1}]


@dataclass(frozen=True, slots=True)
class BranchFields:
    """One branch as the form shows it."""

    id: str
    name_zh: str
    name_en: str
    weight: str


@dataclass(frozen=True, slots=True)
class ForkFields:
    """One fork as the form shows it."""

    id: str
    name_zh: str
    name_en: str
    is_by_lot: bool
    branches: tuple[BranchFields, ...]


def fork_fields(journey: Journey) -> list[ForkFields]:
    """The forks as they are."""
    return [
        ForkFields(
            fork.id,
            fork.name.zh,
            fork.name.en,
            fork.is_by_lot,
            tuple(
                BranchFields(one.id, one.name.zh, one.name.en, str(one.weight))
                for one in fork.branches
            ),
        )
        for fork in journey.forks
    ]


def forks_typed(post: QueryDict, *, journey: Journey, strategy: Strategy) -> list[dict[str, Any]]:
    """The forks that stay, as typed, and the new one where it has an id."""
    kept = [
        _typed(post, table)
        for table in forks_of(strategy, journey.id)
        if post.get(f"fork-{table['id']}-keep")
    ]
    return [*kept, *_new(post)]


def _typed(post: QueryDict, table: dict[str, Any]) -> dict[str, Any]:
    prefix = f"fork-{table['id']}"
    found = {**table, "name": _name(post, prefix, before=table["name"]), "branch": []}
    for branch in table["branch"]:
        inner = f"{prefix}-{branch['id']}"
        one = {**branch, "name": _name(post, inner, before=branch["name"])}
        if "weight" in branch:
            one["weight"] = _weight(post.get(f"{inner}-weight", str(branch["weight"])))
        found["branch"].append(one)
    return found


def _new(post: QueryDict) -> Iterator[dict[str, Any]]:
    """A new fork, where it was given an id: two branches, even by lot or the first by a rule."""
    name = post.get(f"{NEW_FORK}-id", "").strip()
    if not name:
        return
    is_by_lot = post.get(f"{NEW_FORK}-kind") != "rule"
    branches: list[dict[str, Any]] = []
    for place in range(WAYS_OF_NEW):
        inner = post.get(f"{NEW_FORK}-branch-{place}", "").strip()
        one: dict[str, Any] = {"id": inner, "name": {"zh": inner, "en": inner}}
        if is_by_lot:
            one["weight"] = 1
        elif place == 0:
            one["when"] = [dict(rule) for rule in _FIRST_RULE]
        branches.append(one)
    yield {"id": name, "name": {"zh": name, "en": name}, "branch": branches}


def _name(post: QueryDict, prefix: str, *, before: dict[str, str]) -> dict[str, str]:
    return {
        "zh": post.get(f"{prefix}-name_zh", before["zh"]).strip(),
        "en": post.get(f"{prefix}-name_en", before["en"]).strip(),
    }


def _weight(given: str) -> Any:
    """A whole number, or what was typed, so that its refusal can name it."""
    plain = given.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 6 else plain
