"""A changed journey as plain tables, put into a strategy in the place of the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy import message_checks
from tenure.strategy.business import LANGUAGES
from tenure.strategy.content import FILES, TEXTS
from tenure.strategy.loading import build
from tenure.strategy.messages import Channel
from tenure.strategy.ready import mutable
from tenure.strategy.sections import Strategy

type Table = dict[str, Any]
type TextKey = tuple[str, Channel, str]  # message, channel, language
_KEYS: Final = ("zh", "en")
# What only a step that writes to somebody says, and none that tells other programs.
_WRITES: Final = ("message", "channels", "class", "decides")

_STARTS: Final = ("tag", "event", "again_after_days")


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
    """What somebody wants of a journey: its steps and forks as they shall be, and texts of its
    messages. Without `forks` these stay as they are, and without `start` what lets a term in.
    """

    journey: str
    name: Sentence
    steps: Sequence[Mapping[str, Any]]
    texts: Mapping[TextKey, Wording] = field(default_factory=dict)
    forks: Sequence[Mapping[str, Any]] | None = None
    start: Mapping[str, Any] | None = None


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
    table["step"] = [_merged(before.get(step["id"], {}), step) for step in change.steps]
    if change.forks is not None:
        table.pop("fork", None)
        if change.forks:
            table["fork"] = list(change.forks)
    if change.start is not None:
        rest = {key: value for key, value in table.items() if key not in _STARTS}
        table.clear()
        table.update({**rest, **{key: value for key, value in change.start.items() if value}})
    for key, wording in change.texts.items():
        _write_text(document, strategy, key, wording=wording)
    changed = build(document)
    message_checks.check(changed)
    return changed


def _merged(before: Mapping[str, Any], typed: Mapping[str, Any]) -> Table:
    """A step as it was with what was typed over it; what was left empty is gone."""
    found = {key: value for key, value in {**before, **typed}.items() if value != ""}
    gone = _WRITES if "webhook" in found else ()
    return {key: value for key, value in found.items() if key not in gone}


def steps_of(strategy: Strategy, journey: str) -> list[Table]:
    """The steps of a journey as they are written."""
    document = mutable(strategy.document)
    return list(_table_of(document, strategy, journey).get("step", ()))


def forks_of(strategy: Strategy, journey: str) -> list[Table]:
    """The forks of a journey as they are written."""
    document = mutable(strategy.document)
    return list(_table_of(document, strategy, journey).get("fork", ()))


@dataclass(frozen=True, slots=True)
class RulePlace:
    """Where a rule of a journey stands: `applies` or `goal` of all of it, `when` or `todo_when` of
    a step, or `when` of a branch.
    """

    key: str
    step: str = ""
    branch: str = ""


def rule_at_place(strategy: Strategy, journey: str, *, place: RulePlace) -> Table:
    """A rule as it is written, with an `all` at its top; without parts where there is none.

    Raises:
        NoSuchJourney: there is no such journey, step or branch.
    """
    table = _table_of(mutable(strategy.document), strategy, journey)
    found = _at(table, place, journey=journey).get(place.key, [])
    if isinstance(found, list):
        return {"all": found}
    return cast(Table, found) if "all" in found else {"all": [found]}


def with_rule(strategy: Strategy, journey: str, *, place: RulePlace, parts: list[Any]) -> Strategy:
    """The strategy with one rule of a journey changed; without parts the rule is taken out.

    Raises:
        NoSuchJourney: there is no such journey, step or branch.
        StrategyError: the rule cannot be right; says where and why.
    """
    document = mutable(strategy.document)
    table = _at(_table_of(document, strategy, journey), place, journey=journey)
    table.pop(place.key, None)
    if parts:
        table[place.key] = parts
    return build(document)


def _at(table: Table, place: RulePlace, *, journey: str) -> Table:
    if not place.step and not place.branch:
        return table
    branches = [one for fork in table.get("fork", ()) for one in fork["branch"]]
    among = branches if place.branch else table.get("step", ())
    wanted = place.branch or place.step
    found = [one for one in among if one["id"] == wanted]
    if not found:
        raise NoSuchJourney(name=f"{journey}.{wanted}")
    return cast(Table, found[0])


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
