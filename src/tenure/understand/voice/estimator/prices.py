"""What a price does: asked (Van Westendorp, Gabor and Granger), and tried on a random half.

Only a price that was given by lot has an elasticity: what people chose to pay, or were charged for
a reason, tells who they are as much as what the price did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.failures import Refusal, Sentence

type Floats = NDArray[np.float64]

Z95: Final = 1.959963984540054
LEAST_PER_PRICE: Final = 30
_LEAST_SURVEYED: Final = 20
_REPEATS: Final = 400


class NotRandomised(Refusal):
    """A table whose prices were not given by lot, or not as the lot would."""

    code = "not_randomised"
    said = Sentence(
        zh="价格不是随机分配的，算出的只是相关，不能叫弹性；请用 --randomised 声明随机分组，"
        "或先做一次随机价格试验。",
        en="The prices were not given by lot, so this would be a correlation and no elasticity. "
        "Say --randomised if a lot gave them, or run a randomised price test first.",
    )


class UnevenPrices(Refusal):
    """Prices that go with something that was so before: no lot gave them."""

    code = "uneven_prices"
    said = Sentence(
        zh="“{column}”在各价格组之间差异过大（p = {p_value}），不像随机分配；请检查分组。",
        en="“{column}” differs between the prices far more than a lot would let it (p = "
        "{p_value}); check how the prices were given.",
    )


class TooFewAtAPrice(Refusal):
    """Prices that too few people saw."""

    code = "too_few_at_a_price"
    said = Sentence(
        zh="需要至少两种价格、每种至少 {least} 人，且有人买也有人不买；现有：{found}。",
        en="This needs two prices or more, {least} people at each, some who bought and some who "
        "did not; there are: {found}.",
    )


class TooFewSurveyed(Refusal):
    """Too few answers to cross curves."""

    code = "too_few_surveyed"
    said = Sentence(
        zh="只有 {count} 份可用的回答（四个价格都要有），至少需要 {least} 份。",
        en="Only {count} answers can be used (all four prices); at least {least} are needed.",
    )


@dataclass(frozen=True, slots=True)
class SurveyedPrices:
    """Four prices of each person: too cheap, a bargain, expensive, too expensive."""

    too_cheap: Sequence[float]
    cheap: Sequence[float]
    expensive: Sequence[float]
    too_expensive: Sequence[float]


@dataclass(frozen=True, slots=True)
class PricePoints:
    """Where curves cross, each with its 95 % interval over people drawn anew.

    `pmc`: too cheap × expensive, the point of marginal cheapness. `pme`: cheap × too expensive,
    that of marginal expensiveness. `opp`: too cheap × too expensive. `idp`: cheap × expensive.
    """

    answers: int
    contradictory: int
    pmc: tuple[float, float, float]
    opp: tuple[float, float, float]
    idp: tuple[float, float, float]
    pme: tuple[float, float, float]


def van_westendorp(
    surveyed: SurveyedPrices, *, only_rising: bool = False, seed: int = 0
) -> PricePoints:
    """The four crossings. People whose four prices do not rise contradict themselves: they are
    counted, and left out where `only_rising`.

    Raises:
        TooFewSurveyed: fewer than 20 can be used.
    References:
        docs/algorithms/price-sensitivity.md
    """
    columns = (surveyed.too_cheap, surveyed.cheap, surveyed.expensive, surveyed.too_expensive)
    given = np.array(columns, dtype=np.float64).T
    given = given[np.isfinite(given).all(axis=1)]
    rises = (np.diff(given, axis=1) >= 0).all(axis=1)
    used = given[rises] if only_rising else given
    if len(used) < _LEAST_SURVEYED:
        raise TooFewSurveyed(count=len(used), least=_LEAST_SURVEYED)
    rng = np.random.default_rng(seed)
    drawn = np.array(
        [_crossings(used[rng.integers(0, len(used), len(used))]) for _ in range(_REPEATS)]
    )
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    points = [
        (float(one), float(least), float(most))
        for one, least, most in zip(_crossings(used), low, high, strict=True)
    ]
    return PricePoints(len(used), int((~rises).sum()), *points)


def _crossings(given: Floats) -> Floats:
    """PMC, OPP, IDP and PME of one group of people."""
    too_cheap, cheap, expensive, too_expensive = np.sort(given, axis=0).T
    return np.array([
        _crossing(too_cheap, expensive),
        _crossing(too_cheap, too_expensive),
        _crossing(cheap, expensive),
        _crossing(cheap, too_expensive),
    ])  # fmt: skip


def _crossing(falling: Floats, rising: Floats) -> float:
    """Where as many still call a price (too) cheap as already call it (too) expensive.

    Both are sorted prices of as many people. At a price p, the share of the first at or above p
    meets that of the second at or below p; between two prices the line between them counts.
    """
    grid = np.unique(np.concatenate([falling, rising]))
    n = len(falling)
    above = 1 - np.searchsorted(falling, grid, side="left") / n
    below = np.searchsorted(rising, grid, side="right") / n
    gap = below - above
    place = int(np.argmax(gap >= 0))
    if gap[place] == 0 or place == 0:
        flat = np.flatnonzero(gap == gap[place])
        return float((grid[flat[0]] + grid[flat[-1]]) / 2)
    left, right = gap[place - 1], gap[place]
    return float(grid[place - 1] + (grid[place] - grid[place - 1]) * -left / (right - left))


@dataclass(frozen=True, slots=True)
class AtPrice:
    """What was seen at one price."""

    price: float
    people: int
    bought: int
    share: float
    low: float
    high: float
    revenue_per_person: float


@dataclass(frozen=True, slots=True)
class PriceTest:
    """The elasticity of buying: percent of buyers lost for a percent of price, with its interval.

    `best` is the tried price with most revenue per person seen; `falls` whether demand falls with
    the price throughout.
    """

    prices: tuple[AtPrice, ...]
    elasticity: float
    low: float
    high: float
    best: float
    falls: bool


def price_test(price: Sequence[float], bought: Sequence[bool], *, is_randomised: bool) -> PriceTest:
    """Read a price test: a logit of buying on the price's logarithm, its slope at the mean.

    Args:
        price: the price that each person saw, above 0.
        bought: whether that person bought.
        is_randomised: whether a lot gave the prices.
    Raises:
        NotRandomised, TooFewAtAPrice
    References:
        docs/algorithms/price-sensitivity.md
    """
    if not is_randomised:
        raise NotRandomised()
    paid, took = np.asarray(price, dtype=np.float64), np.asarray(bought, dtype=np.float64)
    rows = [_at(one, took[paid == one]) for one in np.unique(paid)]
    sold = int(took.sum())
    is_thin = len(rows) < 2 or min(one.people for one in rows) < LEAST_PER_PRICE
    if is_thin or sold in (0, len(took)) or float(paid.min(initial=1.0)) <= 0:
        found = [f"{one.price:g}: {one.bought}/{one.people}" for one in rows[:8]] or ["0"]
        raise TooFewAtAPrice(least=LEAST_PER_PRICE, found=found)
    slope, error = _logit_slope(np.log(paid), took)
    unsold = 1 - sold / len(took)
    shares = [one.share for one in rows]
    best = max(rows, key=lambda one: one.revenue_per_person)
    return PriceTest(
        tuple(rows),
        slope * unsold,
        (slope - Z95 * error) * unsold,
        (slope + Z95 * error) * unsold,
        best.price,
        all(one >= other for one, other in pairwise(shares)),
    )


def check_balance(price: Sequence[float], before: Sequence[float], *, column: str) -> None:
    """Refuse prices that go with what was so before the test: no lot does that.

    Raises:
        UnevenPrices: at 1 in 1,000 (Kruskal and Wallis).
    """
    from scipy.stats import kruskal

    paid, was = np.asarray(price, dtype=np.float64), np.asarray(before, dtype=np.float64)
    groups = [was[(paid == one) & np.isfinite(was)] for one in np.unique(paid)]
    groups = [one for one in groups if len(one)]
    if len(groups) < 2 or len(np.unique(np.concatenate(groups))) < 2:
        return
    p_value = float(kruskal(*groups).pvalue)
    if p_value < 0.001:
        raise UnevenPrices(column=column, p_value=f"{p_value:.2g}")


def _at(price: float, took: Floats) -> AtPrice:
    people, bought = len(took), int(took.sum())
    share = bought / people
    middle = (share + Z95**2 / (2 * people)) / (1 + Z95**2 / people)
    half = float(np.sqrt(share * (1 - share) / people + Z95**2 / (4 * people**2)))
    half *= Z95 / (1 + Z95**2 / people)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return AtPrice(float(price), people, bought, share, low, high, float(price) * share)


def _logit_slope(x: Floats, outcome: Floats) -> tuple[float, float]:
    """The slope of a logit on one variable and its robust standard error (Newton's steps)."""
    design = np.column_stack([np.ones_like(x), x - x.mean()])
    weights = np.zeros(2)
    for _ in range(50):
        share = 1 / (1 + np.exp(-design @ weights))
        bread = (design * (share * (1 - share))[:, None]).T @ design
        step = np.linalg.solve(bread, design.T @ (outcome - share))
        weights = weights + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-10:
            break
    scores = design * (outcome - share)[:, None]
    inverse = np.linalg.inv(bread)
    spread = inverse @ (scores.T @ scores) @ inverse
    return float(weights[1]), float(np.sqrt(spread[1, 1]))
