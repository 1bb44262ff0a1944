"""A changed journey as plain tables, put into a strategy in the place of the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy.business import LANGUAGES
from tenure.strategy.content import FILES, TEXTS
from tenure.strategy.loading import build
from tenure.strategy.messages import Channel
from tenure.strategy.ready import mutable
from tenure.strategy.sections import Strategy

type Table = dict[str, Any]
type TextKey = tuple[str, Channel, str]  # message, channel, language
_KEYS: Final = ("zh", "en")


class NoSuchJourney(Refusal):
    """A journey that is not in the strategy."""

    code = "no_such_journey"
    said = Sentence(
        zh="策略里没有名为“{name}”的旅程。", en="There is no journey “{name}” in the strategy."
    )


@dataclass(frozen=True, slots=True)
class Wording:
    """One rendering of a message in one language."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class JourneyChange:
    """What somebody wants of a journey: its steps as they shall be, and texts of its messages."""

    journey: str
    name: Sentence
    steps: Sequence[Mapping[str, Any]]
    texts: Mapping[TextKey, Wording] = field(default_factory=dict)


def with_change(strategy: Strategy, change: JourneyChange) -> Strategy:
    """The strategy with the changed journey in the form that is in force.

    What a step says beside the fields of the change (its rules, its work for people) stays.

    Raises:
        NoSuchJourney: there is none of this id.
        StrategyError: the change cannot be right; says where and why.
    """
    document = mutable(strategy.document)
    table = _table_of(document, strategy, change.journey)
    table["name"] = {"zh": change.name.zh, "en": change.name.en}
    before = {step["id"]: step for step in table.get("step", ())}
    table["step"] = [{**before.get(step["id"], {}), **step} for step in change.steps]
    for key, wording in change.texts.items():
        _write_text(document, strategy, key, wording=wording)
    return build(document)


def steps_of(strategy: Strategy, journey: str) -> list[Table]:
    """The steps of a journey as they are written."""
    document = mutable(strategy.document)
    return list(_table_of(document, strategy, journey).get("step", ()))


def _table_of(document: Table, strategy: Strategy, journey: str) -> Table:
    file = document[FILES][strategy.form("journeys").file]
    for table in file.get("journey", ()):
        if table["id"] == journey:
            return cast(Table, table)
    raise NoSuchJourney(name=journey)


def _write_text(document: Table, strategy: Strategy, key: TextKey, *, wording: Wording) -> None:
    """Put a text where it stands: in messages.toml, or in a file of its own."""
    message, channel, language = key
    short = _KEYS[LANGUAGES.index(language)]
    file = document[FILES][strategy.form("messages").file]
    for table in file.get("message", ()):
        if table["id"] != message or channel not in table:
            continue
        rendering = table[channel]
        if "subject" in rendering:
            rendering["subject"][short] = wording.subject
        if "body" in rendering:
            rendering["body"][short] = wording.body
        else:
            document[TEXTS][f"messages/{message}.{channel}.{language}.liquid"] = wording.body
