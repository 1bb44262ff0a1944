"""Read a strategy from its files, or from the document of a stored revision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final, cast

from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy import (
    benefit_coherence,
    benefits,
    business,
    catalog,
    churn,
    coherence,
    collecting,
    contact,
    contracts,
    documents,
    economics,
    experiments,
    facts,
    guard_checks,
    guardrails,
    guide,
    health,
    journeys,
    library,
    limits,
    loyalty,
    message_checks,
    messages,
    notices,
    obligations,
    offers,
    plays,
    reasons,
    retention,
    routing,
    saves,
    segments,
    surveys,
    tags,
    targeting,
    topics,
)
from tenure.strategy.content import FILES, TEXTS, Document, digest_of, document_of
from tenure.strategy.fields import Fields
from tenure.strategy.reading import UNKNOWN, Reader, StrategyError, nearest
from tenure.strategy.sections import Dated, Strategy

PRESETS: Final = Path(__file__).resolve().parents[3] / "strategies"

_READERS: Final[dict[str, Callable[[Reader], object]]] = {
    "business": business.read,
    "catalog": catalog.read,
    "churn": churn.read,
    "collecting": collecting.read,
    "contact": contact.read,
    "documents": documents.read,
    "economics": economics.read,
    "experiments": experiments.read,
    "facts": facts.read,
    "guardrails": guardrails.read,
    "guide": guide.read,
    "health": health.read,
    "journeys": journeys.read,
    "library": library.read,
    "limits": limits.read,
    "loyalty": loyalty.read,
    "obligations": obligations.read,
    "plays": plays.read,
    "reasons": reasons.read,
    "reports": surveys.read_reports,
    "retention": retention.read,
    "routing": routing.read,
    "saves": saves.read,
    "surveys": surveys.read_surveys,
    "tags": tags.read,
    "topics": topics.read,
}
SECTIONS: Final = frozenset(_READERS) | {"benefits", "contracts", "messages", "offers", "segments"}
# A strategy may do without these: a missing file says that there are none.
OPTIONAL: Final = frozenset(
    {
        "benefits",
        "collecting",
        "contracts",
        "documents",
        "economics",
        "library",
        "facts",
        "guide",
        "limits",
        "loyalty",
        "obligations",
        "plays",
        "retention",
        "routing",
        "saves",
        "segments",
        "topics",
    }
)

_ABSENT = Sentence(zh="缺少这个文件", en="this file is missing")
_SAME_DAY = Sentence(
    zh="与 {other} 的生效日相同；每一版须有自己的生效日",
    en="begins on the same day as {other}; each form has its own day",
)
_SECTION_FILE = Sentence(zh="文件名", en="the file's name")


class NoSuchPreset(Refusal):
    """A ready strategy that does not exist."""

    code = "no_such_preset"
    said = Sentence(
        zh="没有名为“{name}”的现成策略{nearest}。",
        en="There is no ready strategy “{name}”{nearest}.",
    )


def load(directory: Path) -> Strategy:
    """The strategy in a folder; refuses the first thing that cannot be right."""
    strategy = build(document_of(directory))
    targeting.check_named(strategy)
    guard_checks.check_every_day(strategy)
    message_checks.check(strategy)
    return strategy


def preset(name: str) -> Strategy:
    """One of the strategies that ship with the product."""
    names = preset_names()
    if name not in names:
        raise NoSuchPreset(name=name, nearest=nearest(name, names))
    return _shipped(name)


@cache
def _shipped(name: str) -> Strategy:
    """Read once: what ships with a running program does not change, and no strategy does."""
    return load(PRESETS / name)


def preset_names() -> tuple[str, ...]:
    """The strategies that ship with the product."""
    return tuple(sorted(path.parent.name for path in PRESETS.glob("*/business.toml")))


def build(document: Document) -> Strategy:
    """The strategy of a stored document: the checks of files, those that came later excepted."""
    files = _by_section(cast("Mapping[str, Mapping[str, object]]", document[FILES]))
    texts = cast("Mapping[str, str]", document[TEXTS])
    sections = {name: _forms(files[name], _READERS[name]) for name in _READERS}
    currency = cast(business.Business, sections["business"][-1].value).currency
    sections["offers"] = _forms(files["offers"], lambda one: offers.read(one, currency))
    sections["benefits"] = _forms(files["benefits"], lambda one: benefits.read(one, currency))
    sections["contracts"] = _forms(files["contracts"], lambda one: contracts.read(one, texts))
    sections["messages"] = _forms(files["messages"], lambda one: messages.read(one, texts))
    fields = _fields(sections["tags"])
    sections["segments"] = _forms(files["segments"], lambda one: segments.read(one, fields))
    for name in ("journeys", "plays"):
        sections[name] = targeting.targeted(sections[name], sections["segments"])
    strategy = Strategy(hash=digest_of(document), document=document, dated=sections)
    _check(strategy)
    for day in sorted({one.effective_on for forms in sections.values() for one in forms}):
        if all(forms[0].effective_on <= day for forms in sections.values()):
            _check(strategy.at(day))
    return strategy


def _fields(forms: tuple[Dated, ...]) -> Fields:
    """What segments may look at: the tags of every form of tags.toml."""
    read = [cast("Mapping[str, tags.Tag]", form.value) for form in forms]
    return Fields({tag.id: tag.name for form in read for tag in form.values()})


def _check(strategy: Strategy) -> None:
    coherence.check(strategy)
    targeting.check(strategy)
    benefit_coherence.check(strategy)
    notices.check(strategy)


def _by_section(
    files: Mapping[str, Mapping[str, object]],
) -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    """File name → table, grouped by the section that the name begins with."""
    grouped: dict[str, dict[str, Mapping[str, object]]] = defaultdict(dict)
    for file, table in files.items():
        section = file.partition(".")[0]
        if section not in SECTIONS:
            problem = UNKNOWN.fill(name=section, nearest=nearest(section, SECTIONS))
            raise StrategyError(file=file, path=_SECTION_FILE, problem=problem)
        grouped[section][file] = table
    for section in sorted(SECTIONS - OPTIONAL - grouped.keys()):
        raise StrategyError(file=f"{section}.toml", path=_SECTION_FILE, problem=_ABSENT)
    for section in OPTIONAL - grouped.keys():
        grouped[section][f"{section}.toml"] = {"effective_on": date.min.isoformat()}
    return grouped


def _forms(
    tables: Mapping[str, Mapping[str, object]], read: Callable[[Reader], object]
) -> tuple[Dated, ...]:
    forms = []
    for file, table in tables.items():
        reader = Reader(table, file=file)
        effective_on: date = reader.day("effective_on")
        value = read(reader)
        reader.done()
        forms.append(Dated(file, effective_on, value))
    forms.sort(key=lambda one: one.effective_on)
    for earlier, later in pairwise(forms):
        if earlier.effective_on == later.effective_on:
            problem = _SAME_DAY.fill(other=earlier.file)
            raise StrategyError(file=later.file, path="effective_on", problem=problem)
    return tuple(forms)
