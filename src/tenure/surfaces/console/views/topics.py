"""The topics that were found in what customers said, week after week."""

from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from tenure.kernel.failures import Sentence
from tenure.strategy.sections import Strategy
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, needs
from tenure.understand.voice.models import FoundTopic
from tenure.understand.voice.weekly import Shown, newest_study

_WEEK: Final = timedelta(days=7)


@needs(Right.READ)
def topics(request: HttpRequest) -> HttpResponse:
    """What was found without being told what to look for; what is new stands first (FBK-01)."""
    stands = shell.standing()
    strategy = stands.strategy
    found = newest_study(before=_before(request.GET.get("before", "")))
    earlier = newest_study(before=found.study.week) if found else None
    shown: dict[str, Any] = {"shell": shell.of(request, stands), "found": found}
    if found is not None:
        shown |= {
            "until": found.study.week + _WEEK - timedelta(days=1),
            "rows": [_told(one, counts, strategy) for one, counts in found.topics],
            "most": max((max(counts) for _, counts in found.topics), default=0),
            "emerging": [_rises(one, strategy) for one in found.study.emerging],
            "gone": _gone(found, earlier),
            "earlier": earlier.study.week + _WEEK if earlier else None,
        }
    return render(request, "console/topics.html", shown)


def _before(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _link(topic: str, phrases: list[str]) -> str:
    """The inbox with its texts: by the operator's topic in both languages, else by its words."""
    asked = {"topic": topic} if topic else {"q": next(iter(phrases), "")}
    return f"{reverse('console:voice')}?{urlencode(asked)}"


def _told(one: FoundTopic, counts: tuple[int, ...], strategy: Strategy) -> dict[str, Any]:
    last, before = counts[-1], counts[:-1]
    return {
        "topic": one,
        "name": Sentence(zh=one.name_zh, en=one.name_en),
        "counts": counts,
        "last": last,
        "usual": round(sum(before) / len(before), 1) if before else 0,
        "link": _link(one.topic if one.topic in strategy.topics else "", one.phrases),
    }


def _rises(one: dict[str, Any], strategy: Strategy) -> dict[str, Any]:
    known = strategy.topics.get(one["topic"])
    return {
        **one,
        "name": known.name if known else None,
        "link": _link(one["topic"] if known else "", one["phrases"]),
    }


def _gone(found: Shown, earlier: Shown | None) -> list[Sentence]:
    """What the study before had, and this one has not."""
    if earlier is None:
        return []
    keys = {one.key for one, _ in found.topics}
    return [
        Sentence(zh=one.name_zh, en=one.name_en) for one, _ in earlier.topics if one.key not in keys
    ]
