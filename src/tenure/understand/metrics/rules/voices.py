"""What customers say in scores: golden example G12, MET-05, MET-06 and MET-10."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from tenure.kernel.money import rounded
from tenure.understand.metrics.rules.rates import Z95, Rate

PROMOTER, DETRACTOR = 9, 6
# The scores of each kind of survey that count as the best, and those that count as negative.
BEST = {"nps": range(9, 11), "csat": range(4, 6), "ces": range(5, 8), "intent": range(4, 6)}
NEGATIVE = {"nps": range(7), "csat": range(1, 3), "ces": range(1, 4), "intent": range(1, 3)}


@dataclass(frozen=True, slots=True)
class Promoters:
    """Counts of one wave of NPS."""

    n: int
    promoters: int
    detractors: int

    @property
    def passives(self) -> int:
        return self.n - self.promoters - self.detractors

    @property
    def exact(self) -> Fraction | None:
        """Promoters less detractors in points, −100 to 100."""
        return Fraction(100 * (self.promoters - self.detractors), self.n) if self.n else None

    @property
    def score(self) -> int | None:
        """The whole number that is published, half away from zero."""
        return None if self.exact is None else rounded(self.exact)

    @property
    def standard_error(self) -> float | None:
        """In points: 100·√((p + d) − (p − d)²) ÷ √n."""
        if not self.n:
            return None
        promoters, detractors = self.promoters / self.n, self.detractors / self.n
        spread = promoters + detractors - (promoters - detractors) ** 2
        return 100 * math.sqrt(spread / self.n)

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 %, cut at the ends of the scale."""
        if self.exact is None or self.standard_error is None:
            return None
        middle, half = float(self.exact), Z95 * self.standard_error
        return max(-100.0, middle - half), min(100.0, middle + half)


def promoters_of(scores: Iterable[int]) -> Promoters:
    """Count one wave; unanswered invitations are not in it."""
    every = list(scores)
    return Promoters(
        n=len(every),
        promoters=sum(score >= PROMOTER for score in every),
        detractors=sum(score <= DETRACTOR for score in every),
    )


def best_share(scores: Iterable[int], *, kind: str) -> Rate:
    """The share of the best scores of a kind of survey: 4 and 5 of CSAT, 5 to 7 of CES."""
    every = list(scores)
    return Rate(sum(score in BEST[kind] for score in every), len(every))


def negative_share(answers: Iterable[tuple[str, int]]) -> Rate:
    """Of all answers of known kinds, the share that is negative on its own scale (MET-10)."""
    every = [(kind, score) for kind, score in answers if kind in NEGATIVE]
    return Rate(sum(score in NEGATIVE[kind] for kind, score in every), len(every))


def mean_score(scores: Iterable[int]) -> Fraction | None:
    """The mean, exact; nothing where nobody answered."""
    every = list(scores)
    return Fraction(sum(every), len(every)) if every else None
