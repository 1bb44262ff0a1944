"""The content calendar: festivals, themes with their assets, campaigns, and what is told when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from tenure.kernel.festivals import FESTIVALS, next_festival
from tenure.records.campaigns.queries import every
from tenure.strategy.library import Theme
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console import wordbook

DAYS: Final = 120


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the calendar."""

    from_on: date
    until_on: date | None
    kind: str
    name: str
    told: str
    tone: str = ""
    address: str = ""


def happenings(strategy: Strategy, *, on: date) -> list[Happening]:
    """What lies in the next months, in the order of time."""
    last = on + timedelta(days=DAYS)
    found = [*_festivals(strategy, on), *_themes(strategy), *_campaigns(), *_items(strategy)]
    inside = (one for one in found if one.from_on <= last and (one.until_on or one.from_on) >= on)
    return sorted(inside, key=lambda one: (one.from_on, one.kind, one.name))


def _festivals(strategy: Strategy, on: date) -> Iterator[Happening]:
    greeted = {
        step.festival: journey
        for journey in strategy.journeys.values()
        for step in journey.steps
        if step.festival
    }
    for name, said in FESTIVALS.items():
        journey = greeted.get(name)
        told = gettext("greeted by a journey") if journey else gettext("nobody is greeted")
        address = reverse("console:journey", args=[journey.id]) if journey else ""
        day = next_festival(name, on=on)
        kind, name_said = gettext("Festival"), said.say(wording.reader_language())
        yield Happening(day, None, kind, name_said, told, "good" if journey else "", address)


def _themes(strategy: Strategy) -> Iterator[Happening]:
    for theme in strategy.library.themes.values():
        name = theme.name.say(wording.reader_language())
        until_on = theme.until_on - timedelta(days=1)
        tone = "good" if theme.is_ready else "warn"
        yield Happening(theme.from_on, until_on, gettext("Theme"), name, _assets(theme), tone)


def _assets(theme: Theme) -> str:
    missing = [one.name.say(wording.reader_language()) for one in theme.assets if not one.is_ready]
    if not missing:
        return gettext("every asset is ready")
    counts = {"n": len(missing), "names": ", ".join(missing)}
    return ngettext("%(n)s asset is missing: %(names)s", "%(n)s assets are missing: %(names)s",
                    len(missing)) % counts  # fmt: skip


def _campaigns() -> Iterator[Happening]:
    for one in every():
        address = reverse("console:campaign", args=[one.key])
        state = str(wordbook.word(wordbook.CAMPAIGN_STATES, one.state))
        yield Happening(
            one.starts_on, one.ends_on, gettext("Campaign"), one.name, state, "", address
        )


def _items(strategy: Strategy) -> Iterator[Happening]:
    language = wording.reader_language()
    for one in strategy.library.items.values():
        if one.from_on != date.min:
            until_on = None if one.until_on == date.max else one.until_on - timedelta(days=1)
            yield Happening(one.from_on, until_on, gettext("News"), one.text.say(language), "")
