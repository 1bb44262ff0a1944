"""When two opinions disagree, and which of them came true more often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from tenure.kernel.failures import Refusal, Sentence

# From here on somebody should look: one of the two knows something.
APART: Final = Decimal("0.25")
_HUNDRED: Final = Decimal(100)
_Z95: Final = 1.959964
LEAST_SCORED: Final = 2


class NoChance(Refusal):
    """A probability that is none."""

    code = "no_chance"
    said = Sentence(
        zh="没有记下：续费的把握应在 0 到 100 之间，收到的是“{text}”。",
        en="Nothing was noted: the chance of renewing lies between 0 and 100, not “{text}”.",
    )


class TermDecided(Refusal):
    """An opinion about what is already known."""

    code = "term_decided"
    said = Sentence(
        zh="这个合约期已有结果，不能再预测。",
        en="This term is decided already; there is nothing to predict.",
    )


def share_of(text: str) -> Decimal:
    """A share from a percentage as people write it: "70", "70%", "62.5".

    Raises:
        NoChance: it is no number between 0 and 100.
    """
    try:
        percent = Decimal(text.strip().rstrip("%％").strip())
    except InvalidOperation:
        raise NoChance(text=text[:20]) from None
    if not percent.is_finite() or not 0 <= percent <= _HUNDRED:
        raise NoChance(text=text[:20])
    return (percent / _HUNDRED).quantize(Decimal("0.0001"))


def disagree(ours: Decimal, models: Decimal | None) -> bool:
    """Whether a person and the model are so far apart that somebody should look."""
    return models is not None and abs(ours - models) >= APART


@dataclass(frozen=True, slots=True)
class Came:
    """What both said of one term, and whether it was renewed."""

    person: float
    model: float
    renewed: bool


@dataclass(frozen=True, slots=True)
class Contest:
    """The Brier scores of both on the same terms, and their difference with its 95 % interval.

    A lower Brier score is better: a difference above 0 means that the model was.
    """

    n: int
    person: float
    model: float
    low: float | None
    high: float | None

    @property
    def difference(self) -> float:
        return self.person - self.model


def contest(terms: Sequence[Came]) -> Contest | None:
    """Score both on the terms that are decided; None where there is none."""
    if not terms:
        return None
    losses = [((one.person - one.renewed) ** 2, (one.model - one.renewed) ** 2) for one in terms]
    n = len(losses)
    person, model = sum(one for one, _ in losses) / n, sum(two for _, two in losses) / n
    if n < LEAST_SCORED:
        return Contest(n, person, model, None, None)
    mean = person - model
    spread = sum((one - two - mean) ** 2 for one, two in losses) / (n - 1)
    half = _Z95 * (spread / n) ** 0.5
    return Contest(n, person, model, mean - half, mean + half)
