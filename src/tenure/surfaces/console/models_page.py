"""The page of the estimators of risk: figures arranged for reading, plots drawn as points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.understand.churn.board import Board, Contestant
from tenure.understand.churn.endings import NAMES
from tenure.understand.churn.estimator.drift import LARGE, SMALL
from tenure.understand.churn.estimator.reliability import Bin
from tenure.understand.features.registry import REGISTRY

SIDE: Final = 200


@dataclass(frozen=True, slots=True)
class Point:
    """A bin of the calibration, placed on a square with the origin below."""

    x: float
    y: float
    top: float
    bottom: float
    bin: Bin


@dataclass(frozen=True, slots=True)
class Shift:
    """How far one input moved since the champion learned."""

    name: Sentence
    size: float

    @property
    def tone(self) -> str:
        if self.size >= LARGE:
            return "bad"
        return "warn" if self.size >= SMALL else "good"


@dataclass(frozen=True)
class ModelsPage:
    """What the template asks for."""

    board: Board

    @property
    def contestants(self) -> Sequence[Contestant]:
        """The champion first."""
        return [self.board.champion, *self.board.challengers]

    @property
    def scale(self) -> float:
        """The largest probability that the plot must hold."""
        most = max((max(one.high, one.predicted) for one in self.board.bins), default=1.0)
        return min(1.0, most * 1.05)

    @property
    def points(self) -> list[Point]:
        """The bins of the calibration plot."""
        scale = SIDE / self.scale
        return [
            Point(
                one.predicted * scale,
                SIDE - one.observed * scale,
                SIDE - one.high * scale,
                SIDE - one.low * scale,
                one,
            )
            for one in self.board.bins
        ]

    @property
    def gains_line(self) -> str:
        """The points of the line of gains, from the origin below left."""
        found = [f"0,{SIDE}"]
        for place, share in enumerate(self.board.gains, start=1):
            found.append(f"{place * SIDE / 10:.0f},{SIDE - share * SIDE:.1f}")
        return " ".join(found)

    @property
    def gains(self) -> list[tuple[int, float, float]]:
        """Tenths of the list in percent, the share found, and the lift."""
        return [
            (place * 10, share, share * 10 / place)
            for place, share in enumerate(self.board.gains, start=1)
        ]

    @property
    def endings(self) -> list[tuple[Sentence, int, float]]:
        """Each way to end by its name."""
        return [(NAMES[name], n, share) for name, n, share in self.board.endings]

    @property
    def shifts(self) -> list[Shift]:
        """The inputs that moved most."""
        watch = self.board.watch
        if watch is None:
            return []
        return [
            Shift(REGISTRY[name].name, size)
            for name, size in watch.shifts.items()
            if name in REGISTRY
        ]
