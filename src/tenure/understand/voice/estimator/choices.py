"""What people would pay for a property, from choices between described offers (conjoint)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.failures import Refusal, Sentence

type Floats = NDArray[np.float64]

Z95: Final = 1.959963984540054
LEAST_TASKS: Final = 100
_DRAWS: Final = 20_000
_ROUNDS: Final = 50
_ENOUGH: Final = 1e-9


class TooFewTasks(Refusal):
    """Too few choices to learn from."""

    code = "too_few_tasks"
    said = Sentence(
        zh="可用的选择题只有 {tasks} 道；至少需要 {least} 道，每道两个以上选项且恰好选一个。",
        en="There are {tasks} choices to learn from; {least} are needed, each among two offers or "
        "more of which exactly one was taken.",
    )


class NothingVaries(Refusal):
    """Properties that the offers of a task do not differ in, or that always go together."""

    code = "nothing_varies"
    said = Sentence(
        zh="这些属性在同一道题的选项之间没有差别，或总是同时变化：{columns}；请去掉其中一个。",
        en="Within the tasks these do not differ between the offers, or always change together: "
        "{columns}. Leave one of them out.",
    )


class PriceDoesNothing(Refusal):
    """A price that does not put anybody off: nothing can be weighed against it."""

    code = "price_does_nothing"
    said = Sentence(
        zh="价格没有明显降低被选的机会（系数 {value}，95% 区间 {low} 至 {high}），"
        "所以算不出愿意付多少；请加大价格差异或增加样本（现有 {tasks} 道题）。",
        en="A higher price does not clearly make an offer less wanted (coefficient {value}, 95 % "
        "interval {low} to {high}), so nothing can be weighed against it; let prices differ more, "
        "or ask more people ({tasks} tasks so far).",
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """One row an offer: which task it stood in, whether it was taken, price and properties.

    `person` makes the intervals heed that answers of one person are alike; None: each task alone.
    """

    task: Sequence[str]
    taken: Sequence[bool]
    price: Sequence[float]
    properties: Mapping[str, Sequence[float]]
    person: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """What one more of a property is worth in money, with 95 % intervals by two ways.

    `low` and `high` by the delta method, `drawn_low` and `drawn_high` by Krinsky and Robb.
    """

    name: str
    coefficient: float
    worth: float
    low: float
    high: float
    drawn_low: float
    drawn_high: float


@dataclass(frozen=True, slots=True)
class Choices:
    """What the choices say; `log_likelihood` beside `of_chance`, that of choosing by lot."""

    tasks: int
    people: int
    price: float
    price_error: float
    log_likelihood: float
    of_chance: float
    worths: tuple[Worth, ...]


def willingness(offered: Offered, *, seed: int = 0) -> Choices:
    """Fit a multinomial logit and weigh each property against the price.

    Args:
        seed: of the draws of Krinsky and Robb.
    Raises:
        TooFewTasks, NothingVaries, PriceDoesNothing.
    References:
        McFadden (1974); Krinsky, Robb (1986); docs/algorithms/conjoint.md
    """
    names = ["", *offered.properties]
    rows, group, people = _usable(offered, names)
    tasks = int(group.max()) + 1
    fitted = _fitted(rows, group, names=names)
    errors = _robust(rows, group, people=people, beta=fitted)
    spread = float(np.sqrt(errors[0, 0]))
    price = float(fitted[0])
    if price + Z95 * spread >= 0:
        raise PriceDoesNothing(
            value=f"{price:.4f}",
            low=f"{price - Z95 * spread:.4f}",
            high=f"{price + Z95 * spread:.4f}",
            tasks=tasks,
        )
    draws = np.random.default_rng(seed).multivariate_normal(fitted, errors, _DRAWS)
    counts = np.bincount(group)
    return Choices(
        tasks=tasks,
        people=len(np.unique(people)),
        price=price,
        price_error=spread,
        log_likelihood=_likelihood(rows, group, fitted),
        of_chance=float(-np.log(counts).sum()),
        worths=tuple(
            _worth(name, place, fitted, errors=errors, draws=draws)
            for place, name in enumerate(names)
            if place
        ),
    )


def _worth(name: str, place: int, beta: Floats, *, errors: Floats, draws: Floats) -> Worth:
    price, own = float(beta[0]), float(beta[place])
    worth = -own / price
    slope = np.array([own / price**2, -1 / price])
    part = errors[np.ix_([0, place], [0, place])]
    half = Z95 * float(np.sqrt(slope @ part @ slope))
    drawn = -draws[:, place] / draws[:, 0]
    low, high = (float(one) for one in np.quantile(drawn, [0.025, 0.975]))
    return Worth(name, own, worth, worth - half, worth + half, low, high)


def _usable(
    offered: Offered, names: Sequence[str]
) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """The rows of whole tasks, the taken offer of each first; the task and person of each row."""
    columns = [offered.price, *(offered.properties[name] for name in names[1:])]
    rows = np.column_stack([np.asarray(one, dtype=np.float64) for one in columns])
    _, group = np.unique(np.asarray(offered.task, dtype=str), return_inverse=True)
    taken = np.asarray(offered.taken, dtype=np.bool_)
    broken = ~np.isfinite(rows).all(axis=1)
    size = np.bincount(group)
    once = np.bincount(group, weights=taken) == 1
    good = once & (size > 1) & (np.bincount(group, weights=broken) == 0)
    kept = good[group]
    if good.sum() < LEAST_TASKS:
        raise TooFewTasks(tasks=int(good.sum()), least=LEAST_TASKS)
    person = offered.task if offered.person is None else offered.person
    _, people = np.unique(np.asarray(person, dtype=str)[kept], return_inverse=True)
    _, kept_group = np.unique(group[kept], return_inverse=True)
    order = np.lexsort((~taken[kept], kept_group))
    return rows[kept][order], kept_group[order], people[order]


def _fitted(rows: Floats, group: NDArray[np.int64], *, names: Sequence[str]) -> Floats:
    """Newton's method; the likelihood has one summit."""
    scale = rows.std(axis=0)
    own = rows - _means(rows, np.ones(len(rows)), group)
    information = own.T @ own
    diagonal = np.sqrt(np.diag(information))
    flat = [names[n] or "price" for n in range(len(names)) if diagonal[n] < 1e-12]
    if flat or np.linalg.cond(information / np.outer(diagonal, diagonal)) > 1e8:
        raise NothingVaries(columns=flat or [name or "price" for name in names])
    scaled = rows / np.where(scale > 0, scale, 1)
    beta = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        share = _shares(scaled, group, beta)
        own = scaled - _means(scaled, share, group)
        step = np.linalg.solve((own * share[:, None]).T @ own, own[_first(group)].sum(axis=0))
        beta = beta + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < _ENOUGH:
            break
    return np.asarray(beta / np.where(scale > 0, scale, 1))


def _robust(
    rows: Floats, group: NDArray[np.int64], *, people: NDArray[np.int64], beta: Floats
) -> Floats:
    """The sandwich: how the scores of people spread, between two curvatures."""
    share = _shares(rows, group, beta)
    own = rows - _means(rows, share, group)
    bread = np.linalg.inv((own * share[:, None]).T @ own)
    first = _first(group)
    count = int(people.max()) + 1
    scores = np.zeros((count, rows.shape[1]))
    np.add.at(scores, people[first], own[first])
    inflated = count / max(1, count - 1)
    return np.asarray(bread @ (scores.T @ scores * inflated) @ bread)


def _likelihood(rows: Floats, group: NDArray[np.int64], beta: Floats) -> float:
    return float(np.log(_shares(rows, group, beta)[_first(group)]).sum())


def _first(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of the taken offer of each task."""
    return np.flatnonzero(np.r_[True, group[1:] != group[:-1]])


def _shares(rows: Floats, group: NDArray[np.int64], beta: Floats) -> Floats:
    wanted = rows @ beta
    highest = np.full(int(group.max()) + 1, -np.inf)
    np.maximum.at(highest, group, wanted)
    grown = np.exp(wanted - highest[group])
    return np.asarray(grown / np.bincount(group, weights=grown)[group])


def _means(rows: Floats, weights: Floats, group: NDArray[np.int64]) -> Floats:
    """The weighted mean of each task, in each of its rows."""
    total = np.bincount(group, weights=weights)
    means = [np.bincount(group, weights=weights * column) / total for column in rows.T]
    return np.column_stack(means)[group]
