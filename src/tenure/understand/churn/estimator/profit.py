"""What a ranking is worth in money: maximum profit and expected maximum profit (MPC, EMPC).

Whoever is scored highest gets an offer. It costs a contact and, where it is taken, the offer; a
leaver who takes it stays. γ is the share of leavers who take it: a number for MPC, Beta(6, 14) for
EMPC. The fraction that is contacted is the best one for each γ.

Reference: Verbraken, Verbeke, Baesens (2013), A novel profit maximizing metric for measuring
classification performance of customer churn prediction models; docs/algorithms/empc.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tenure.understand.churn.estimator.ensemble import Floats


@dataclass(frozen=True, slots=True)
class Stakes:
    """Money per customer; `alpha` and `beta` shape the belief about γ."""

    value: float = 200.0
    offer: float = 10.0
    contact: float = 1.0
    alpha: float = 6.0
    beta: float = 14.0


STAKES = Stakes()


def maximum_profit(score: Floats, outcome: Floats, *, stakes: Stakes = STAKES) -> float:
    """The profit per customer of the best fraction, with γ at its mean (MPC)."""
    gamma = stakes.alpha / (stakes.alpha + stakes.beta)
    left, stayed = _hull(score, outcome)
    return float((_per_leaver(gamma, stakes) * left - _per_other(stakes) * stayed).max())


def expected_maximum_profit(score: Floats, outcome: Floats, *, stakes: Stakes = STAKES) -> float:
    """The same, over every γ that is believed possible (EMPC)."""
    from scipy.special import betainc

    left, stayed = _hull(score, outcome)
    d_left, d_stayed = np.diff(left), np.diff(stayed)
    steep = d_left > 0
    # From this γ on the next step of the hull pays; the hull is concave, so these rise.
    pays_from = np.full(len(d_left), 1.0)
    pays_from[steep] = (_per_other(stakes) * d_stayed[steep] / d_left[steep] + stakes.contact) / (
        stakes.value - stakes.offer
    )
    inner = np.clip(np.maximum.accumulate(pays_from), 0.0, 1.0)
    edges = np.concatenate([[0.0], inner, [1.0]])
    weight = np.diff(betainc(stakes.alpha, stakes.beta, edges))
    mean = stakes.alpha / (stakes.alpha + stakes.beta)
    moment = mean * np.diff(betainc(stakes.alpha + 1, stakes.beta, edges))
    gain = ((stakes.value - stakes.offer) * moment - stakes.contact * weight) * left
    return float((gain - _per_other(stakes) * stayed * weight).sum())


def _per_leaver(gamma: float, stakes: Stakes) -> float:
    return gamma * (stakes.value - stakes.offer) - stakes.contact


def _per_other(stakes: Stakes) -> float:
    """Whoever would have stayed anyway takes the offer, too."""
    return stakes.offer + stakes.contact


def _hull(score: Floats, outcome: Floats) -> tuple[Floats, Floats]:
    """The upper hull of leavers reached over others reached, both as shares of everybody."""
    order = np.argsort(-score, kind="stable")
    last_of_tie = np.append(np.diff(score[order]) != 0, True)
    left = np.concatenate([[0.0], np.cumsum(outcome[order])[last_of_tie]])
    stayed = np.concatenate([[0.0], np.cumsum(1 - outcome[order])[last_of_tie]])
    kept: list[int] = []
    for place in range(len(left)):
        while len(kept) > 1 and _is_below(left, stayed, at=(kept[-2], kept[-1], place)):
            kept.pop()
        kept.append(place)
    return left[kept] / len(score), stayed[kept] / len(score)


def _is_below(left: Floats, stayed: Floats, *, at: tuple[int, int, int]) -> bool:
    """Whether the middle one of three points is under the line between the others."""
    first, middle, last = at
    rise = (left[last] - left[first]) * (stayed[middle] - stayed[first])
    return bool((left[middle] - left[first]) * (stayed[last] - stayed[first]) <= rise)
