"""Let everybody see which provider is left alone, since when, until when, and why."""

from collections.abc import Mapping
from datetime import datetime

from tenure.act.channels.models import Rest
from tenure.act.channels.registry import Mouth


def note(mouth: Mouth, *, why: str, at: datetime) -> None:
    """Write down where the breaker of a provider stands, where that changed.

    It costs nothing while a provider answers, and one statement when it begins or ends to rest.
    """
    breaker, name = mouth.breaker, mouth.channel.name
    until = breaker.open_until
    if until == breaker.told_until:
        return
    breaker.told_until = until
    if until is None:
        Rest.objects.filter(provider=name).delete()
        return
    told = {"failures": breaker.failures, "why": why[:120], "until": until}
    Rest.objects.update_or_create(
        provider=name, defaults=told, create_defaults={**told, "since": at}
    )


def resting(at: datetime) -> Mapping[str, Rest]:
    """Provider → its rest, for those who are left alone now."""
    return {one.provider: one for one in Rest.objects.filter(until__gt=at)}
