"""Which segments there are, who was in them on a day, and how many a draft would mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.periods import date_of, day_number
from tenure.records.segments.queries import saved
from tenure.records.strategies.queries import current
from tenure.strategy.fields import Fields
from tenure.strategy.reading import nearest
from tenure.strategy.rules import AllOf, Rule
from tenure.strategy.sections import Strategy
from tenure.strategy.segments import Gets, Group, rule_of
from tenure.understand.readings import last_fill
from tenure.understand.segments.models import SegmentCount
from tenure.understand.segments.reading import MOST_RULES, Read, column, gathered, read_on_everyone
from tenure.understand.segments.rules import People, Step, Wholes, steps
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import SEGMENT_MASKS

if TYPE_CHECKING:
    import pyarrow as pa


class NoSuchSegment(Refusal):
    """Neither a ready segment nor a saved one."""

    code = "no_such_segment"
    said = Sentence(
        zh="没有编号为“{name}”的人群{nearest}。",
        en="There is no segment “{name}”{nearest}.",
    )


@dataclass(frozen=True, slots=True)
class Known:
    """A segment as it is now: one of the strategy's, or a saved one with its version's number."""

    id: str
    name: Sentence
    about: Sentence
    group: Group
    rule: Rule
    version: str
    number: int | None = None
    gets: Gets | None = None

    @property
    def is_saved(self) -> bool:
        return self.number is not None


_OWN = Sentence(zh="自建人群，第 {number} 版", en="a segment of your own, version {number}")


def fields(strategy: Strategy) -> Fields:
    """What a rule may look at, by the tags of a strategy."""
    return Fields({tag.id: tag.name for tag in strategy.tags.values()})


def known(*, as_of: date, strategy: Strategy | None = None) -> dict[str, Known]:
    """Every segment: the strategy's in the order of its file, then the saved ones."""
    strategy = (strategy or current()).at(as_of)
    found = {
        one.id: Known(one.id, one.name, one.about, one.group, one.rule, one.version, gets=one.gets)
        for one in strategy.segments.values()
    }
    names = fields(strategy)
    for one in saved():
        if one.id in found:  # the strategy took the id since
            continue
        rule = rule_of(one.rule, fields=names, file=f"segment {one.id}")
        about = _OWN.fill(number=one.number)
        found[one.id] = Known(one.id, one.name, about, Group.OWN, rule, one.digest, one.number)
    return found


def find(name: str, *, as_of: date) -> Known:
    """One segment.

    Raises:
        NoSuchSegment: there is none of this id.
    """
    every = known(as_of=as_of)
    if name not in every:
        raise NoSuchSegment(name=name, nearest=nearest(name, every))
    return every[name]


def names_of(segments: Collection[str], *, as_of: date, strategy: Strategy) -> dict[str, Sentence]:
    """Segment → what people call it; its id where there is none of it any more."""
    ready = strategy.segments
    if all(one in ready for one in segments):
        return {one: ready[one].name for one in segments}
    every = known(as_of=as_of, strategy=strategy)
    return {one: every[one].name if one in every else Sentence(zh=one, en=one) for one in segments}


@dataclass(frozen=True)
class Members:
    """Who was in which segment on a day: bit i of a term's mask is the i-th of `segments`."""

    on: date
    segments: tuple[str, ...]
    versions: tuple[str, ...]
    table: pa.Table  # term_id, subscription_id, account_id, mask
    people: People

    def terms(self, segment: str) -> Wholes:
        """The live terms in a segment."""
        carried = (column(self.table, "mask") >> self.segments.index(segment)) & 1 == 1
        inside: Wholes = column(self.table, "term_id")[carried]
        return inside

    def customers(self, segment: str) -> Wholes:
        """The accounts with a live term in a segment."""
        return self.people.with_bit(self.segments.index(segment))


def members(as_of: date) -> Members | None:
    """Who was in which segment on the last filled day on or before a day; None before the first.

    What was filled stays: it is the snapshot of that day, whatever became of the rules since.
    """
    filled = last_fill(SEGMENT_MASKS.name, as_of=as_of)
    if filled is None:
        return None
    on = date_of(filled.day)
    counted = list(SegmentCount.objects.filter(as_of=on).order_by("bit"))
    with open_engine(settings.TENURE_ENGINE) as engine:
        store = current_store()
        frame = store.read(SEGMENT_MASKS, engine=engine, from_day=filled.day, to_day=filled.day)
        table = engine.collect(frame.sort("account_id", "term_id"))
    names = tuple(one.segment for one in counted)
    versions = tuple(one.version for one in counted)
    return Members(on, names, versions, table, gathered(table))


def counts(*, as_of: date) -> dict[str, SegmentCount]:
    """Segment → how many it held on the last filled day on or before a day."""
    filled = last_fill(SEGMENT_MASKS.name, as_of=as_of)
    if filled is None:
        return {}
    rows = SegmentCount.objects.filter(as_of=date_of(filled.day)).order_by("bit")
    return {one.segment: one for one in rows}


@dataclass(frozen=True, slots=True)
class Moved:
    """How a rule, read now, differs from who was in its segment in the snapshot of a day."""

    on: date
    held: int
    entered: int
    left: int


def moved(segment: str, found: Waterfall, *, as_of: date) -> Moved | None:
    """Beside the snapshot of the last filled day: who would come in, who would go out.

    None where the segment had no snapshot yet.
    """
    then = members(as_of)
    if then is None or segment not in then.segments:
        return None
    before, now = then.customers(segment), found.read.people.with_bit(found.read.bit(_WHOLE))
    return Moved(
        on=then.on,
        held=len(before),
        entered=len(np.setdiff1d(now, before)),
        left=len(np.setdiff1d(before, now)),
    )


def trend(segment: str, *, as_of: date, days: int = 60) -> list[SegmentCount]:
    """How many a segment held on each filled day of the last `days`, oldest first."""
    first = date_of(day_number(as_of) - days + 1)
    rows = SegmentCount.objects.filter(segment=segment, as_of__gte=first, as_of__lte=as_of)
    return list(rows.order_by("as_of"))


@dataclass(frozen=True, slots=True)
class Left:
    """One line of a rule: how many customers it leaves, and how many it takes away."""

    step: Step
    left: int
    removed: int


@dataclass(frozen=True)
class Waterfall:
    """A rule from top to bottom: everybody with a live term, then what each line leaves."""

    on: date
    everyone: int
    lines: tuple[Left, ...]
    read: Read

    @property
    def customers(self) -> int:
        """How many the whole rule means."""
        return self.read.customers(_WHOLE)

    def both(self, name: str) -> int:
        """How many the whole rule and a rule beside it both mean."""
        mask, bits = self.read.people.mask, (self.read.bit(_WHOLE), self.read.bit(_BESIDE + name))
        return int(((mask >> bits[0]) & (mask >> bits[1]) & 1).sum())

    def has(self, name: str) -> bool:
        """Whether there was room for a rule beside."""
        return _BESIDE + name in self.read.names

    def terms(self) -> Wholes:
        """The live terms that the whole rule means."""
        return self.read.terms(_WHOLE)


_WHOLE, _ALL, _BESIDE = "whole", "all", "beside "


def waterfall(rule: Rule, *, on: date, beside: Mapping[str, Rule] | None = None) -> Waterfall:
    """Which line of a rule leaves how many customers, in one reading of everyone.

    Args:
        rule: at most 40 comparisons.
        beside: other rules to read in the same pass, found again by `Waterfall.beside`; what
            has no room in the 63 bits of a mask is left out.
    """
    lines = steps(rule)
    asked: dict[str, Rule] = {_WHOLE: rule, _ALL: AllOf(())}
    asked |= {f"line {place}": one.up_to for place, one in enumerate(lines)}
    room = MOST_RULES - len(asked)
    asked |= {_BESIDE + name: one for name, one in list((beside or {}).items())[:room]}
    read = read_on_everyone(asked, on=on)
    everyone = read.customers(_ALL)
    told, before = [], everyone
    for place, one in enumerate(lines):
        left = read.customers(f"line {place}")
        told.append(Left(one, left, before - left if one.depth == 0 else 0))
        before = left if one.depth == 0 else before
    return Waterfall(on, everyone, tuple(told), read)
