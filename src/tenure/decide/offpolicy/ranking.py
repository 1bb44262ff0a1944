"""Whether a score puts first those whom an action changes most: RATE, AUTOC, gains by share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tenure.decide.offpolicy.rules import Estimate, Floats, Ints, mean_of


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well a score ranks by effect; both are 0 for a score that knows nothing.

    `qini` is the area between the curve of gains and a straight line; `autoc` gives more weight
    to the very first.
    """

    qini: Estimate
    autoc: Estimate


def ranked(score: Floats) -> Floats:
    """The place of each row from the highest score on, as a share in (0, 1); ties share a place."""
    order, counts = np.unique(-score, return_inverse=True)
    sizes = np.bincount(counts, minlength=len(order))
    before = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    middle = before + sizes / 2
    place: Floats = middle[counts] / len(score)
    return place


def within_folds(score: Floats, fold: Ints) -> Floats:
    """Scores as places within their fold, higher first, (N,): models of other folds have other
    levels, and only the order within one of them means anything.
    """
    found = np.empty(len(score))
    for number in np.unique(fold):
        here = fold == number
        found[here] = 1 - ranked(score[here])
    return found


def rate(score: Floats, effect: Floats) -> Ranking:
    """Rank-weighted average effects of a score.

    Args:
        score: higher is thought to be changed more; from rows other than the one scored.
        effect: doubly robust scores of the effect, Γₐ − Γ₀, (N,).
    References:
        Yadlowsky et al. (2025), Evaluating treatment prioritization rules via RATE; the weights
        are ½ − u for the Qini area and −ln u − 1 for AUTOC, where u is the place of a row.
    """
    place = ranked(score)
    centred = effect - effect.mean()
    return Ranking(
        qini=mean_of((0.5 - place) * centred), autoc=mean_of((-np.log(place) - 1) * centred)
    )


def gain_at(score: Floats, effect: Floats, *, share: float) -> Estimate:
    """What treating the first `share` by a score brings per customer of all.

    Args:
        effect: Γₐ − Γ₀, (N,).
    """
    return mean_of(first(score, share=share) * effect)


def difference_at(score: Floats, other: Floats, *, effect: Floats, share: float) -> Estimate:
    """What treating the first `share` by one score brings beyond treating by another."""
    return mean_of((first(score, share=share) - first(other, share=share)) * effect)


def first(score: Floats, *, share: float) -> Floats:
    """1 for the rows of the highest scores, 0 for the others, and exactly `share` of all.

    Rows that tie at the edge share what is left of it evenly, so that their order never matters.
    """
    wanted = share * len(score)
    order = np.sort(score)[::-1]
    edge = order[min(int(wanted), len(score) - 1)]
    above, equal = score > edge, score == edge
    left = wanted - above.sum()
    chosen: Floats = above + equal * (left / max(int(equal.sum()), 1))
    return chosen
