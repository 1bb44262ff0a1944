"""What the forms of the portal say, read strictly: nothing that was not offered is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Final

from django.http import QueryDict

from tenure.act.audiences import rules as audiences
from tenure.records.customers.models import Person
from tenure.records.customers.rules import CHANNELS, LANGUAGES, Choice, Preferences

PURPOSES: Final = ("service", "marketing")
EVIDENCE: Final = "portal: preference centre"
#: The channels whose addresses a platform of advertising could know, as hashes.
SHARED_BY: Final = tuple(audiences.KINDS)
SHARING: Final = audiences.PURPOSE


@dataclass(frozen=True, slots=True)
class Wished:
    """What a person wants: what may be sent where, and how."""

    choices: tuple[Choice, ...]
    preferences: Preferences


def wished(given: QueryDict, *, person: Person, channels: Sequence[str]) -> Wished:
    """The preference centre as it was sent; "only legal notices" refuses everything at once."""
    only_legal = "only_legal" in given
    ticked = set() if only_legal else set(given.getlist("allow"))
    choices = tuple(
        Choice(purpose, channel, f"{purpose}:{channel}" in ticked, EVIDENCE)
        for purpose in PURPOSES
        for channel in channels
    )
    preferred = given.get("channel", "")
    language = given.get("language", "")
    opens, closes = _time(given.get("from", "")), _time(given.get("until", ""))
    is_range = opens is not None and closes is not None
    return Wished(
        choices,
        Preferences(
            language=language if language in LANGUAGES else person.language,
            zone=person.zone,
            channels=(preferred,) if preferred in CHANNELS else (),
            hours_from=opens if is_range else None,
            hours_until=closes if is_range else None,
            personalised="personalised" in given and not only_legal,
        ),
    )


def shared(
    given: QueryDict, *, channels: Sequence[str], said: Mapping[tuple[str, str], bool]
) -> tuple[Choice, ...]:
    """One tick for every address; whoever never said yes need not say no."""
    is_allowed = "sharing" in given and "only_legal" not in given
    return tuple(
        Choice(SHARING, channel, is_allowed, EVIDENCE)
        for channel in channels
        if channel in SHARED_BY and (is_allowed or (SHARING, channel) in said)
    )


def _time(text: str) -> time | None:
    """A time of day as a browser sends it; None where it is none."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None
