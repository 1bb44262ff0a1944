"""What a rehearsal did, stage by stage: flows are added up over its days, stocks are the last."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tenure.loop.summary import RunSummary

# What stands at the end of a day and does not add up over days.
_STOCKS: Final = {
    "understand": frozenset({"live", "scored"}),
    "prove": frozenset({"treated", "holdout"}),
}
STAGES: Final = ("observe", "understand", "decide", "act", "prove")


@dataclass(slots=True)
class Tally:
    """Counts and seconds of a rehearsal, grown day by day."""

    counts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    days: int = 0

    def add(self, run: RunSummary) -> None:
        """Add one day of the loop."""
        self.days += 1
        for stage, found in run.counts.items():
            stocks = _STOCKS.get(stage, frozenset())
            for name, value in found.items():
                if not isinstance(value, int | float):
                    continue
                if name in stocks:
                    self.counts[stage][name] = int(value)
                else:
                    self.counts[stage][name] += int(value)
        for stage, seconds in run.seconds.items():
            self.seconds[stage] += seconds

    def live(self, happened: Mapping[str, int], *, seconds: float) -> None:
        """Add what happened in the world on one day."""
        self.counts["world"].update(happened)
        self.seconds["world"] += seconds

    def as_json(self) -> dict[str, Any]:
        """One object: a key for each stage, and `seconds` per stage and in total."""
        stages: Sequence[str] = ("built", "world", *STAGES)
        seconds = {name: _short(value) for name, value in sorted(self.seconds.items())}
        return {
            **{stage: dict(self.counts[stage]) for stage in stages},
            "seconds": {**seconds, "total": _short(sum(self.seconds.values()))},
        }


def _short(seconds: float) -> float:
    """To the millisecond, as a person reads it."""
    return float(f"{seconds:.3f}")
