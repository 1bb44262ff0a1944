"""Let everybody see which provider is left alone, since when, until when, and why.

Every sender counts failures for itself; what one of them concludes holds for all. The row of a
rest is that conclusion: before handing over, each takes over what the others wrote down.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from tenure.act.channels.breaker import LONGEST_REST, Breaker
from tenure.act.channels.models import Rest
from tenure.act.channels.registry import Mouth, mouths

#: After a rest one sender tries the provider; the others wait so long for what it finds.
TRIAL: Final = timedelta(minutes=1)


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


def take_over(*, at: datetime) -> None:
    """Let every breaker of this process know what other processes found out: one statement.

    When a rest is over, one of them tries the provider and the others wait for what it finds; a
    trial whose process died is over after a minute, and another one tries.
    """
    rows = {one.provider: one for one in Rest.objects.all()}
    for name, mouth in mouths().items():
        _take_over(mouth.breaker, rows.get(name), at=at)


def _take_over(breaker: Breaker, rest: Rest | None, *, at: datetime) -> None:
    if rest is None:
        if breaker.told_until is not None:  # somebody reached the provider meanwhile
            breaker.succeeded()
            breaker.told_until = None
        return
    # A rest longer than any was begun by a clock that ran ahead.
    is_over = not at < rest.until <= at + LONGEST_REST
    if rest.until == breaker.told_until and not is_over:
        return
    breaker.openings = max(1, breaker.openings)
    breaker.told_until = rest.until
    if is_over:
        trial = at + TRIAL
        mine = Rest.objects.filter(pk=rest.pk, until=rest.until).update(until=trial)
        breaker.told_until, breaker.open_until = trial, None if mine else trial
    else:
        breaker.open_until = rest.until


def resting(at: datetime) -> Mapping[str, Rest]:
    """Provider → its rest, for those who are left alone now."""
    return {one.provider: one for one in Rest.objects.filter(until__gt=at)}
