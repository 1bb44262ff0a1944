"""The content library: what comes next, what is new, and cases, each told to whom it concerns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tenure.kernel.failures import Sentence
from tenure.strategy.reading import Reader

MOST_TOLD = 3


class ItemKind(StrEnum):
    """What an item of the library is."""

    PREVIEW = "preview"  # a feature to come
    NEWS = "news"  # what is new in the product
    CASE = "case"  # what another customer achieved


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a reader: the plan, the modules used most, the kind of customer."""

    plan: str = ""
    modules: tuple[str, ...] = ()
    kind: str = ""
    industry: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that may be told from a day until another; empty lists mean everybody."""

    id: str
    kind: ItemKind
    text: Sentence
    from_on: date
    until_on: date
    plans: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()

    def fit(self, about: About) -> int | None:
        """How closely it fits a reader, the number of matches; None where something differs."""
        asked = (
            (self.plans, {about.plan}),
            (self.modules, set(about.modules)),
            (self.kinds, {about.kind}),
            (self.industries, {about.industry}),
            (self.sizes, {about.size}),
        )
        stated = [(wanted, found) for wanted, found in asked if wanted]
        if not all(found.intersection(wanted) for wanted, found in stated):
            return None
        return len(stated)


@dataclass(frozen=True, slots=True)
class Asset:
    """One piece of content that a theme needs, and whether it is there."""

    name: Sentence
    is_ready: bool


@dataclass(frozen=True, slots=True)
class Theme:
    """A member day, a festival of the brand's own: its days and the assets that it needs."""

    id: str
    name: Sentence
    from_on: date
    until_on: date
    assets: tuple[Asset, ...]

    @property
    def ready_count(self) -> int:
        return sum(one.is_ready for one in self.assets)

    @property
    def is_ready(self) -> bool:
        return self.ready_count == len(self.assets)


@dataclass(frozen=True, slots=True)
class Library:
    """What may be told to whom, and the themes of the content calendar."""

    items: Mapping[str, Item]
    themes: Mapping[str, Theme]


def told_to(about: About, items: Collection[Item], *, kind: ItemKind, on: date) -> tuple[Item, ...]:
    """The items of a kind for one reader on a day, the closest first, then the newest."""
    fits = [
        (fit, one)
        for one in items
        if one.kind is kind and one.from_on <= on < one.until_on
        if (fit := one.fit(about)) is not None
    ]
    fits.sort(key=lambda found: (-found[0], -found[1].from_on.toordinal(), found[1].id))
    return tuple(one for _, one in fits[:MOST_TOLD])


_NO_DAYS = Sentence(
    zh="until_on 应晚于 from_on，否则永远不会被用到",
    en="until_on must lie after from_on, or it is never told",
)


def read(reader: Reader) -> Library:
    """Read library.toml."""
    return Library(
        items={(item := _item(one)).id: item for one in reader.each("item", unique="id")},
        themes={(theme := _theme(one)).id: theme for one in reader.each("theme", unique="id")},
    )


def _days(reader: Reader, first: date, last: date) -> tuple[date, date]:
    from_on, until_on = reader.day("from_on", first), reader.day("until_on", last)
    if until_on <= from_on:
        reader.refuse("until_on", _NO_DAYS)
    return from_on, until_on


def _theme(reader: Reader) -> Theme:
    from_on, until_on = _days(reader, date.min, date.max)
    assets = tuple(
        Asset(one.sentence("name"), one.flag("ready", False)) for one in reader.each("asset")
    )
    return Theme(reader.name("id"), reader.sentence("name"), from_on, until_on, assets)


def _item(reader: Reader) -> Item:
    from_on, until_on = _days(reader, date.min, date.max)
    return Item(
        id=reader.name("id"),
        kind=reader.choice("kind", ItemKind),
        text=reader.sentence("text"),
        from_on=from_on,
        until_on=until_on,
        plans=reader.names("plans", default=()),
        modules=reader.names("modules", default=()),
        kinds=reader.names("kinds", default=()),
        industries=reader.names("industries", default=()),
        sizes=reader.names("sizes", default=()),
    )
