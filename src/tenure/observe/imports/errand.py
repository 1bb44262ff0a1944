"""What one import stands on: who tells, as of when, and what holds where a file says nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from tenure.kernel.clock import instant, today
from tenure.kernel.periods import GRACE_DAYS_DEFAULT
from tenure.observe.imports.mapping.shapes import Mapped
from tenure.observe.imports.models import ImportBatch
from tenure.observe.imports.rules.chains import Today
from tenure.strategy.sections import Strategy


@dataclass(frozen=True)
class Errand:
    """One import. `as_of` is the day whose state the file at hand tells."""

    source: str
    account_source: str
    by: str
    at: datetime
    as_of: date
    zone: str
    currency: str
    language: str
    country: str
    holdout_salt: str
    reasons: Collection[str]
    batch: ImportBatch
    grace_days: int = GRACE_DAYS_DEFAULT

    @property
    def today(self) -> Today:
        """The day of the files, with the days of grace."""
        return Today(as_of=self.as_of, grace_days=self.grace_days)

    @property
    def on(self) -> date:
        """The day of the import itself, in the business's zone."""
        return today(self.zone, self.at)

    def about(self, as_of: date) -> Errand:
        """The same import, for a file that tells the state of another day."""
        return replace(self, as_of=as_of)

    def known_from(self, day: date, at_time: time = time(0)) -> datetime:
        """When a fact of that day counts as known.

        The system that tells it knew it then, so that a past day is computed with what was known
        on it; nothing is known before it is imported where it lies in the future.
        """
        return min(instant(day, at_time, zone=self.zone), self.at)


def errand_of(
    mapped: Mapped, strategy: Strategy, *, batch: ImportBatch, at: datetime, as_of: date
) -> Errand:
    """The errand of a mapping; what it leaves open follows from the business of the strategy."""
    business = strategy.at(as_of).business
    return Errand(
        source=mapped.source,
        account_source=mapped.account_source or mapped.source,
        by=batch.actor,
        at=at,
        as_of=as_of,
        zone=mapped.zone or business.zone,
        currency=mapped.currency or business.currency,
        language=mapped.language or business.language,
        country=mapped.country or business.country,
        holdout_salt=strategy.experiments.holdout_salt,
        reasons=frozenset(strategy.at(as_of).reasons),
        grace_days=business.grace_days,
        batch=batch,
    )
