"""How a number of the business is declared."""

from dataclasses import dataclass
from typing import Literal

from tenure.kernel.failures import Sentence
from tenure.understand.metrics.golden import GOLDEN

# minor units; score: on the scale of its survey; points: −100 to 100.
type Unit = Literal["share", "minor", "count", "ratio", "points", "score", "months", "days"]
# day: as of the end of a day; month: one calendar month, provisional until it is over.
type Grain = Literal["day", "month"]
type Group = Literal["renewal", "revenue", "customers", "voice", "value", "own"]

SLICES = ("plan", "region", "channel", "cycle", "first_term", "owner", "cohort", "segment")
MONTH_SLICES = ("plan", "region", "channel", "owner", "cohort", "segment")


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of the business. A changed definition is a new version.

    A derived metric is its formula over the entries it depends on; the formula of the others says
    in words what their code counts.
    """

    id: str
    name: Sentence
    definition: Sentence
    formula: str
    unit: Unit
    golden: str = ""
    version: int = 1
    slices: tuple[str, ...] = ()
    grain: Grain = "day"
    group: Group = "renewal"
    depends_on: tuple[str, ...] = ()
    falling_is_better: bool = False

    @property
    def example(self) -> Sentence | None:
        """The published worked example in a sentence."""
        return GOLDEN.get(self.golden)

    @property
    def is_derived(self) -> bool:
        """Whether its formula is computed from other entries."""
        return bool(self.depends_on)
