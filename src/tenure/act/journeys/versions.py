"""Journeys have versions; a term under way keeps the one in which it began."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from tenure.act.journeys.models import Enrolment
from tenure.records.strategies.queries import by_hash
from tenure.strategy.journeys import Journey
from tenure.strategy.sections import Strategy


@dataclass(frozen=True, slots=True)
class Version:
    """One journey as some terms keep it, and the strategy that holds it."""

    journey: Journey
    strategy: Strategy
    current: str  # the version that a term gets that is not in the journey yet


def versions_in_use(strategy: Strategy) -> Iterator[Version]:
    """Every journey as it is now, and as the terms that are under way keep it."""
    kept = Enrolment.objects.filter(term__state__in=("running", "cancelling"))
    seen = set(kept.values_list("journey", "version", "strategy_hash").distinct())
    for journey in strategy.journeys.values():
        yield Version(journey, strategy, journey.version)
        older = {
            version: content_hash
            for name, version, content_hash in sorted(seen)
            if name == journey.id and version != journey.version
        }
        for version, content_hash in older.items():
            held = replace(by_hash(content_hash), as_of=strategy.as_of)
            found = _form_of(held, journey.id, version=version)
            if found is not None:
                yield Version(found, held, journey.version)


def journey_of(strategy: Strategy, name: str, *, version: str) -> Journey | None:
    """A journey in one version, from the strategy in force or from the one that some term kept."""
    found = _form_of(strategy, name, version=version)
    if found is not None:
        return found
    kept = Enrolment.objects.filter(journey=name, version=version)
    content_hash = kept.values_list("strategy_hash", flat=True).first()
    return _form_of(by_hash(content_hash), name, version=version) if content_hash else None


def _form_of(strategy: Strategy, name: str, *, version: str) -> Journey | None:
    """The form of a journey that has a version, among all dated forms."""
    for form in reversed(strategy.dated["journeys"]):
        journey = cast("Mapping[str, Journey]", form.value).get(name)
        if journey is not None and journey.version == version:
            return journey
    return None
