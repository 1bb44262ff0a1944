"""A share that keeps its parts, and how sure it is."""

import math
from dataclasses import dataclass
from fractions import Fraction

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Rate:
    """A share that keeps its parts. A zero denominator has no value, never 0."""

    num: int
    den: int

    @property
    def value(self) -> Fraction | None:
        return Fraction(self.num, self.den) if self.den else None

    @property
    def text(self) -> str | None:
        """Six decimals, half up."""
        if not self.den:
            return None
        millionths = (abs(self.num) * 2_000_000 + self.den) // (2 * self.den)
        sign = "-" if self.num < 0 else ""
        return f"{sign}{millionths // 1_000_000}.{millionths % 1_000_000:06d}"


def wilson(rate: Rate) -> tuple[float, float] | None:
    """The 95 % interval of a share of independent cases (Wilson 1927); none where n is 0."""
    if not rate.den:
        return None
    n, share = rate.den, rate.num / rate.den
    centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def mean_interval(n: int, *, total: int, squares: int) -> tuple[float, float] | None:
    """The 95 % interval of a mean from sums (normal); none below two cases."""
    if n <= 1:
        return None
    middle = total / n
    half = Z95 * math.sqrt(max(0.0, (squares - n * middle**2) / (n - 1)) / n)
    return middle - half, middle + half
