"""A table of anybody's trial as a history: who got what, what came of it, what was known before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Final

import numpy as np

from tenure.decide.effects.history import History, Stakes
from tenure.decide.offpolicy.rules import Floats, Ints, check_order
from tenure.kernel.failures import Refusal, Sentence

if TYPE_CHECKING:
    import pyarrow as pa

# A text column with more values than these is a name or an id, and no feature.
MOST_VALUES: Final = 24
_NOTHING: Final = ("nothing", "none", "control", "no", "0", "0.0", "false", "no e-mail", "holdout")


class ColumnMissing(Refusal):
    """A column that the table does not have."""

    code = "column_missing"
    said = Sentence(
        zh="表里没有列“{column}”；有：{columns}。",
        en="The table has no column “{column}”; it has {columns}.",
    )


class NotANumber(Refusal):
    """An outcome, a probability or an instant that is no number."""

    code = "column_not_a_number"
    said = Sentence(
        zh="列“{column}”不是数字。结果请用 0/1 或金额。",
        en="Column “{column}” holds no numbers. Outcomes are 0 and 1, or amounts.",
    )


class OneArmOnly(Refusal):
    """A table in which everybody got the same."""

    code = "one_arm_only"
    said = Sentence(
        zh="列“{column}”只有 {arms} 种取值；比较至少需要两种，并且最多 {most} 种。",
        en="Column “{column}” has {arms} values; a comparison takes two at least, and at most "
        "{most}.",
    )


class CostNotAllowed(Refusal):
    """A cost of an arm that is not there, or below zero."""

    code = "cost_not_allowed"
    said = Sentence(
        zh="动作“{arm}”的成本 {cost} 不可用：动作须在表中（{arms}），成本须为 0 或更多。",
        en="The cost {cost} of “{arm}” cannot be used: the action must be in the table ({arms}) "
        "and the cost 0 or more.",
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Which column is what. Without `propensity` the arms' shares in the table are taken for it.

    With two arms `propensity` names the probability of what was done; with more, one column per
    arm is called `propensity` + "_" + arm. `costs` are of giving an arm, `worth` is of an outcome
    of 1.
    """

    treatment: str
    outcome: str
    propensity: str = ""
    control: str = ""
    costs: Mapping[str, float] = field(default_factory=dict)
    worth: float = 1.0
    ignored: tuple[str, ...] = ()
    exposed_at: str = ""
    outcome_at: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A table as it is learned from, and the columns of it that could not be used.

    `unknown_rows` had no action or no outcome yet; nothing is learned from them.
    """

    history: History
    stakes: Stakes
    left_out: tuple[str, ...]
    assumed_even: bool
    unknown_rows: int = 0


def history_of(table: pa.Table, asked: Asked) -> Read:
    """The history in a table: rows whose action and outcome are known.

    An arm of which no outcome is known stays an arm, so that whoever learns can refuse it by name.

    Raises:
        ColumnMissing, NotANumber, OneArmOnly, CostNotAllowed: what was asked for is not there.
        OutcomeBeforeExposure: the outcome is older than the action.
    """
    _check_columns(table, asked)
    arms, action = _arms(table, asked)
    outcome = numbers(table, asked.outcome)
    if np.isinf(outcome).any():
        raise NotANumber(column=asked.outcome)
    known = ~np.isnan(outcome) & (action >= 0)
    table, action, outcome = table.filter(known), action[known], outcome[known]
    names, rows, left_out = _features(table, asked)
    propensity = _propensity(table, asked, arms=arms, action=action)
    return Read(
        history=History(names, arms, rows, action, outcome, propensity),
        stakes=_stakes(asked, arms, len(outcome)),
        left_out=left_out,
        assumed_even=not asked.propensity,
        unknown_rows=int((~known).sum()),
    )


def _check_columns(table: pa.Table, asked: Asked) -> None:
    wanted = [asked.treatment, asked.outcome, *asked.ignored, asked.exposed_at, asked.outcome_at]
    for column in filter(None, wanted):
        if column not in table.column_names:
            raise ColumnMissing(column=column, columns=list(table.column_names))
    if asked.exposed_at and asked.outcome_at:
        check_order(
            instants(table, asked.exposed_at),
            instants(table, asked.outcome_at),
            names=(asked.exposed_at, asked.outcome_at),
        )


def numbers(table: pa.Table, column: str) -> Floats:
    """A column as floats, not a number where it is empty."""
    import pyarrow as pa

    try:
        found: Floats = table[column].cast("float64").to_numpy().astype(np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise NotANumber(column=column) from error
    return found


def instants(table: pa.Table, column: str) -> Floats:
    """A column of numbers, days or instants on one scale, not a number where it is empty."""
    import pyarrow as pa

    values = table[column]
    if pa.types.is_temporal(values.type):
        stamps = values.cast(pa.timestamp("us")).to_numpy()
        when: Floats = stamps.astype("int64").astype(np.float64)
        when[np.isnat(stamps)] = np.nan
        return when
    return numbers(table, column)


def _arms(table: pa.Table, asked: Asked) -> tuple[tuple[str, ...], Ints]:
    """The arms with doing nothing first, and which one each row got, -1 where it is not known."""
    values = [None if one is None else str(one) for one in table[asked.treatment].to_pylist()]
    found = sorted({one for one in values if one is not None})
    if not 2 <= len(found) <= MOST_VALUES:
        raise OneArmOnly(column=asked.treatment, arms=len(found), most=MOST_VALUES)
    control = asked.control or next(
        (one for one in found if one.strip().lower() in _NOTHING), found[0]
    )
    if control not in found:
        raise ColumnMissing(column=f"{asked.treatment} = {control}", columns=found)
    arms = (control, *(one for one in found if one != control))
    places = {one: place for place, one in enumerate(arms)}
    return arms, np.array([-1 if one is None else places[one] for one in values], dtype=np.int64)


def _features(table: pa.Table, asked: Asked) -> tuple[tuple[str, ...], Floats, tuple[str, ...]]:
    """Numbers as they are, text with few values as one column each; other columns stay out."""
    used = {asked.treatment, asked.outcome, asked.exposed_at, asked.outcome_at, *asked.ignored}
    names: list[str] = []
    columns: list[Floats] = []
    left_out: list[str] = []
    for column in table.column_names:
        if column in used or (asked.propensity and column.startswith(asked.propensity)):
            continue
        found = _columns_of(table, column)
        if not found:
            left_out.append(column)
        names += found
        columns += found.values()
    rows = np.stack(columns, axis=1) if columns else np.zeros((table.num_rows, 0))
    return tuple(names), rows, tuple(left_out)


def _columns_of(table: pa.Table, column: str) -> dict[str, Floats]:
    import pyarrow as pa

    kind = table[column].type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        found = numbers(table, column)
        return {column: np.where(np.isinf(found), np.nan, found)}
    if pa.types.is_temporal(kind):
        return {}
    values = np.array([str(one) for one in table[column].to_pylist()])
    seen = sorted(set(values.tolist()))
    if not 2 <= len(seen) <= MOST_VALUES:
        return {}
    return {f"{column} = {one}": (values == one).astype(np.float64) for one in seen}


def _propensity(table: pa.Table, asked: Asked, *, arms: Sequence[str], action: Ints) -> Floats:
    count = len(action)
    if not asked.propensity:
        return np.tile(np.bincount(action, minlength=len(arms)) / max(count, 1), (count, 1))
    by_arm = [f"{asked.propensity}_{one}" for one in arms]
    if all(one in table.column_names for one in by_arm):
        return np.stack([numbers(table, one) for one in by_arm], axis=1)
    if asked.propensity not in table.column_names or len(arms) > 2:
        raise ColumnMissing(
            column=", ".join(by_arm if len(arms) > 2 else [asked.propensity]),
            columns=list(table.column_names),
        )
    done = numbers(table, asked.propensity)
    found = np.empty((count, 2))
    found[np.arange(count), action] = done
    found[np.arange(count), 1 - action] = 1 - done
    return found


def _stakes(asked: Asked, arms: Sequence[str], count: int) -> Stakes:
    for arm, cost in asked.costs.items():
        if arm not in arms or not 0 <= cost < inf:
            raise CostNotAllowed(arm=arm, cost=cost, arms=list(arms))
    each = np.array([asked.costs.get(one, 0.0) for one in arms])
    return Stakes(np.full((count, len(arms)), asked.worth), np.tile(each, (count, 1)))
