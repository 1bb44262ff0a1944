"""The editor of a journey: what the form shows, and what was typed as a change to check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy.business import LANGUAGES
from tenure.strategy.journey_writing import JourneyChange, TextKey, Wording, steps_of
from tenure.strategy.journeys import Clock, Journey, OnFailure, Step
from tenure.strategy.messages import Channel
from tenure.strategy.sections import Strategy
from tenure.surfaces.console.journey_fork_form import forks_typed

WAYS: Final = 3
MOST_STEPS: Final = 20
NEW: Final = "new"


class NotANumber(Refusal):
    """Something that was typed where days are counted."""

    code = "form_number"
    said = Sentence(
        zh="“{given}”不是天数；请填整数。",
        en="“{given}” is no number of days; give a whole number.",
    )


@dataclass(frozen=True, slots=True)
class StepFields:
    """One step as the form shows it."""

    prefix: str
    id: str
    name_zh: str
    name_en: str
    days: str
    valid_days: str
    message: str
    ways: tuple[str, ...]
    on_failure: str
    branch: str = ""
    webhook: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class TextFields:
    """One text as the form shows it."""

    prefix: str
    message: Sentence
    channel: str
    language: str
    subject: str
    body: str


def step_fields(journey: Journey) -> list[StepFields]:
    """The steps as they are, and room for one more."""
    shown = [_fields(step, place) for place, step in enumerate(journey.steps)]
    ways = ("",) * WAYS
    return [*shown, StepFields(NEW, "", "", "", "", "3", "", ways, "next_step", is_new=True)]


def text_fields(journey: Journey, strategy: Strategy) -> list[TextFields]:
    """Every text that the steps of a journey tell, by message, channel and language."""
    found = []
    for message in dict.fromkeys(step.message for step in journey.steps if step.message):
        template = strategy.messages[message]
        for channel, rendering in template.renderings.items():
            for language in LANGUAGES:
                prefix = f"text-{message}-{channel}-{language}"
                subject, body = rendering.subject.say(language), rendering.body.say(language)
                found.append(TextFields(prefix, template.name, channel, language, subject, body))
    return found


def change_of(post: QueryDict, *, journey: Journey, strategy: Strategy) -> JourneyChange:
    """What was typed, as a change; whether it can be right is for the strategy's own checks.

    Raises:
        NotANumber
    """
    before = {one["id"]: one for one in steps_of(strategy, journey.id)}
    steps = list(_steps(post, journey=journey, strategy=strategy, before=before))
    return JourneyChange(
        journey=journey.id,
        name=Sentence(post.get("name_zh", "").strip(), post.get("name_en", "").strip()),
        steps=steps,
        texts=dict(_texts(post, text_fields(journey, strategy))),
        forks=forks_typed(post, journey=journey, strategy=strategy),
        start=_start(post) if journey.clock is Clock.ENTRY else None,
    )


def _start(post: QueryDict) -> Mapping[str, Any]:
    """What lets a term in, where a tag or an event does."""
    return {
        "tag": post.get("start-tag", ""),
        "event": post.get("start-event", "").strip(),
        "again_after_days": _whole(post.get("start-again", "").strip() or "0"),
    }


def _fields(step: Step, place: int) -> StepFields:
    ways = tuple(str(one) for one in step.channels[:WAYS])
    return StepFields(
        prefix=f"step-{place}",
        id=step.id,
        name_zh=step.name.zh,
        name_en=step.name.en,
        days=str(abs(step.days_before)),
        valid_days=str(step.valid_days),
        message=step.message,
        ways=ways + ("",) * (WAYS - len(ways)),
        on_failure=step.on_failure,
        branch=step.branch,
        webhook=step.webhook,
    )


def _steps(
    post: QueryDict, *, journey: Journey, strategy: Strategy, before: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """The steps that stay, in the order of time, and the new one where it has an id."""
    prefixes = [f"step-{place}" for place in range(MOST_STEPS)] + [NEW]
    found = []
    for prefix in prefixes:
        name = post.get(f"{prefix}-id", "").strip()
        if not name or not (prefix == NEW or post.get(f"{prefix}-keep")):
            continue
        found.append(_step(post, prefix, name=name, journey=journey, strategy=strategy))
    if journey.clock is not Clock.FESTIVAL:
        key = _days_key(journey)
        found.sort(key=lambda one: one[key] if journey.clock.counts_up else -one[key])
    yield from ({**before.get(one["id"], {}), **one} for one in found)


def _step(
    post: QueryDict, prefix: str, *, name: str, journey: Journey, strategy: Strategy
) -> dict[str, Any]:
    message = post.get(f"{prefix}-message", "")
    template = strategy.messages.get(message)
    ways = [post.get(f"{prefix}-way-{place}", "") for place in range(WAYS)]
    found: dict[str, Any] = {
        "id": name,
        "name": {
            "zh": post.get(f"{prefix}-name_zh", "").strip(),
            "en": post.get(f"{prefix}-name_en", "").strip(),
        },
        "valid_days": _whole(post.get(f"{prefix}-valid_days", "")),
        "message": message,
        "channels": [one for one in dict.fromkeys(ways) if one],
        "on_failure": post.get(f"{prefix}-on_failure", ""),
        "branch": post.get(f"{prefix}-branch", ""),
        "webhook": post.get(f"{prefix}-webhook", "").strip(),
        _days_key(journey): _whole(post.get(f"{prefix}-days", "")),
    }
    if template is not None:
        found["class"] = str(template.message_class)
    return found


def _days_key(journey: Journey) -> str:
    return "days_after" if journey.clock.counts_up else "days_before"


def _whole(given: str) -> int:
    plain = given.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) < 5):
        raise NotANumber(given=plain)
    return int(plain)


def _texts(post: QueryDict, fields: Sequence[TextFields]) -> Iterator[tuple[TextKey, Wording]]:
    """The texts that were changed; browsers send line ends of their own."""
    for one in fields:
        subject = post.get(f"{one.prefix}-subject", one.subject)
        body = post.get(f"{one.prefix}-body", one.body).replace("\r\n", "\n")
        # A browser leaves out the first line end of a text, which says nothing.
        if (subject, body.strip("\n")) == (one.subject, one.body.strip("\n")):
            continue
        message, channel, language = _key(one.prefix)
        yield (message, Channel(channel), language), Wording(subject, body)


def _key(prefix: str) -> tuple[str, str, str]:
    _, message, channel, language = prefix.split("-", 3)
    return message, channel, language


CHOICES: Final = {"ways": tuple(Channel), "failures": tuple(OnFailure)}
