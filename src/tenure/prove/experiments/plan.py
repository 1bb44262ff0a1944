"""What was settled before anybody looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from tenure.prove.statistics.groups import ALPHA


@dataclass(frozen=True, slots=True)
class Plan:
    """An experiment as registered.

    `metrics` are columns, `paid / visits` for a ratio of two, or `days until left` for a time to an
    event, counted up to `horizon` (0: as far as every arm was followed); the first is the primary.
    `past` are columns measured before anybody was assigned, `strata` columns known by then, whose
    levels are compared each with its own. `weights` are the shares promised to
    the arms, equal where it is empty. `guardrails` says of a metric how much harm is still borne,
    in its own unit. `planned_on` is the day of the readout; outcomes need `ripening_days` more.
    """

    arm: str
    metrics: tuple[str, ...]
    control: str = ""
    unit: str = ""
    past: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    weights: Mapping[str, int] = field(default_factory=dict)
    guardrails: Mapping[str, float] = field(default_factory=dict)
    exposed: str = ""
    known: str = ""
    planned_on: date | None = None
    ripening_days: int = 0
    alpha: float = ALPHA
    horizon: float = 0.0

    @property
    def readable_on(self) -> date | None:
        """The first day on which the fixed-horizon result may be read."""
        if self.planned_on is None:
            return None
        return self.planned_on + timedelta(days=self.ripening_days)
