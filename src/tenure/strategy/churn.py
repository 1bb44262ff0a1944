"""How the probability of not renewing is estimated, and the bands in which it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from tenure.kernel.failures import Sentence
from tenure.strategy.reading import Reader


class EstimatorKind(StrEnum):
    """What is fitted."""

    RANDOM_FOREST = "random_forest"
    GRADIENT_BOOSTING = "gradient_boosting"
    LOGISTIC = "logistic"
    HAZARD = "hazard"


@dataclass(frozen=True, slots=True)
class RiskBand:
    """Probabilities from `from_share` (included) up to the next band. Bands count from 1."""

    number: int
    id: str
    name: Sentence
    from_share: Decimal


@dataclass(frozen=True, slots=True)
class Churn:
    """Settings of the estimator.

    `estimator`: the kind that is champion until a challenger is better beyond noise.
    `challengers`: the kinds that are fitted and judged beside it each time.
    `lead_days`: how many days before the end of a past term its features are taken for fitting.
    `least_terms`: with fewer decided terms nothing is fitted and the screen says how many lack.
    """

    estimator: EstimatorKind
    challengers: tuple[EstimatorKind, ...]
    bands: tuple[RiskBand, ...]
    lead_days: tuple[int, ...]
    refit_days: int
    validation_days: int
    least_terms: int
    trees: int
    seed: int

    @property
    def edges(self) -> tuple[Decimal, ...]:
        """Where the second and later bands begin."""
        return tuple(band.from_share for band in self.bands[1:])

    def band_of(self, probability: float) -> RiskBand:
        """The band of a probability of not renewing."""
        return next(band for band in reversed(self.bands) if probability >= band.from_share)


_BANDS = Sentence(
    zh="风险档应从 0 % 开始并逐档升高", en="the bands begin at 0 % and rise from one to the next"
)
_NO_LEADS = Sentence(zh="请至少写一个提前天数", en="give at least one number of days")


def read(reader: Reader) -> Churn:
    """Read churn.toml."""
    lead_days = reader.wholes("lead_days", least=1)
    if not lead_days:
        reader.refuse("lead_days", _NO_LEADS)
    estimator = reader.choice("estimator", EstimatorKind, default=EstimatorKind.RANDOM_FOREST)
    return Churn(
        estimator=estimator,
        challengers=_challengers(reader, estimator),
        bands=_bands(reader),
        lead_days=lead_days,
        refit_days=reader.whole("refit_days", 30, least=1, most=366),
        validation_days=reader.whole("validation_days", 60, least=7, most=366),
        least_terms=reader.whole("least_terms", 500, least=50),
        trees=reader.whole("trees", 200, least=10, most=2000),
        seed=reader.whole("seed", 20260312),
    )


def _challengers(reader: Reader, champion: EstimatorKind) -> tuple[EstimatorKind, ...]:
    """Every other kind where nothing is said; an empty list for none."""
    kinds = tuple(str(kind) for kind in EstimatorKind)
    named = reader.names("challengers", kinds, default=kinds)
    return tuple(EstimatorKind(one) for one in named if one != champion)


def _bands(reader: Reader) -> tuple[RiskBand, ...]:
    bands = tuple(
        RiskBand(number, one.name("id"), one.sentence("name"), one.share("from"))
        for number, one in enumerate(reader.each("band", unique="id"), start=1)
    )
    rising = all(left.from_share < right.from_share for left, right in pairwise(bands))
    if not bands or bands[0].from_share != 0 or not rising:
        reader.refuse("band", _BANDS)
    return bands
