"""The columns of an experiment's table as arrays, and what makes the table unfit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tenure.observe.uploads.columns import need_columns
from tenure.prove.experiments.plan import Plan
from tenure.prove.experiments.refusals import (
    AlikeArms,
    ChangedArm,
    ManyArms,
    NoMetric,
    NoNumber,
    NoOrder,
    NoSuchArm,
    NotBefore,
    NoUnit,
    OneArm,
    OutcomeBeforeExposure,
    SeveralRows,
    TooLarge,
)

if TYPE_CHECKING:
    import pyarrow as pa

type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]
type Places = NDArray[np.intp]

MOST_ARMS: Final = 20
UNTIL: Final = " until "
# Sums of squares of a table of such numbers still have an end.
_LARGEST: Final = 1e100
_YES: Final = ("1", "true", "yes", "y", "t", "是", "真", "renewed", "retained", "converted")
_NO: Final = ("0", "false", "no", "n", "f", "否", "假", "lapsed", "churned", "not converted")


@dataclass(frozen=True, slots=True)
class Units:
    """One row per unit: which arm it is in, the control first.

    `without_arm` rows of the table said nothing of an arm and were left out.
    """

    table: pa.Table
    names: tuple[str, ...]
    arms: Places
    without_arm: int = 0
    _numbers: dict[str, Floats] = field(default_factory=dict, repr=False)
    _flags: dict[str, Flags] = field(default_factory=dict, repr=False)

    def flags(self, arm: str) -> Flags:
        """Who is in an arm."""
        if arm not in self._flags:
            self._flags[arm] = np.asarray(self.arms == self.names.index(arm))
        return self._flags[arm]

    def numbers(self, column: str) -> Floats:
        """A column as `numbers_of` reads it, once however many ask; not to be written to."""
        if column not in self._numbers:
            self._numbers[column] = numbers_of(self.table, column)
        return self._numbers[column]

    @property
    def counts(self) -> dict[str, int]:
        """Arm → its units."""
        counted = np.bincount(self.arms, minlength=len(self.names))
        return dict(zip(self.names, counted.tolist(), strict=True))


def units_of(table: pa.Table, plan: Plan, *, file: str) -> Units:
    """Who is in which arm, once the table is found fit to be read.

    Raises:
        NoColumn, OneArm, ManyArms, NoSuchArm: it does not say who is in which arm.
        NotBefore: what was known beforehand is an outcome, the arm, a name or a day.
        NoMetric: a metric of three parts.
        ChangedArm, SeveralRows, NoUnit: a unit has more than one row, or a row no unit.
        OutcomeBeforeExposure, NoOrder: an effect before its cause, or nobody can say.
    """
    for metric in plan.metrics:
        if len(parts_of(metric)) > 2:
            raise NoMetric(metric=metric)
    parts = [part for metric in plan.metrics for part in parts_of(metric)]
    named = [plan.arm, *parts, *plan.past, *plan.strata, *plan.segments]
    named += [one for one in (plan.unit, plan.exposed, plan.known) if one]
    need_columns(table.column_names, named, file=file)
    later = {plan.arm, *parts, plan.unit, plan.exposed, plan.known}
    for option, columns in (("--past", plan.past), ("--strata", plan.strata)):
        for column in columns:
            if column in later:
                raise NotBefore(column=column, option=option)
    without_arm = table.column(plan.arm).null_count
    if without_arm:
        table = table.filter(table.column(plan.arm).is_valid())
    names, arms = _arms(table, plan)
    if plan.unit:
        _check_units(table, plan.unit, arms=arms)
    if plan.exposed or plan.known:
        _check_order(table, plan)
    return Units(table, names, arms, without_arm)


def parts_of(metric: str) -> list[str]:
    """The columns of a metric: one, the two of a ratio, or days and whether they ended."""
    return [part.strip() for part in metric.split(UNTIL if is_stay(metric) else " / ")]


def is_stay(metric: str) -> bool:
    """Whether a metric is a time to an event, written `days until left`."""
    return UNTIL in metric


def numbers_of(table: pa.Table, column: str) -> Floats:
    """A column as numbers, yes and no as 1 and 0, NaN where nothing is known.

    Raises:
        NoNumber: it holds something else.
        TooLarge: a number without end, or whose square has none.
    """
    import pyarrow as pa
    from pyarrow import compute

    cells = table.column(column)
    kind = cells.type
    if pa.types.is_null(kind):
        return np.full(len(cells), np.nan)
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _sound(column, np.asarray(compute.cast(cells, pa.float64()).to_numpy()))
    if pa.types.is_decimal(kind):
        return _sound(column, np.asarray(cells.cast(pa.float64()).to_numpy()))
    coded = compute.dictionary_encode(cells.cast(pa.string())).combine_chunks()
    words = coded.dictionary.to_pylist()
    meant = [_meant(word) for word in words]
    for word, value in zip(words, meant, strict=True):
        if value is None:
            raise NoNumber(column=column, cell=str(word)[:40])
    places = coded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
    return np.asarray(np.array([*meant, np.nan], dtype=np.float64)[places])


def _sound(column: str, values: Floats) -> Floats:
    # NaN, which is nothing known, is neither the least nor the most.
    if max(np.fmax.reduce(values, initial=0.0), -np.fmin.reduce(values, initial=0.0)) > _LARGEST:
        wild = np.abs(values) > _LARGEST
        raise TooLarge(column=column, cell=f"{values[wild][0]:g}", count=int(wild.sum()))
    return values.astype(np.float64, copy=False)


def words_of(table: pa.Table, column: str) -> NDArray[np.str_]:
    """A column as texts; nothing is known reads as an empty one."""
    import pyarrow as pa

    cells = table.column(column).cast(pa.string()).fill_null("")
    return np.asarray(cells.to_pylist(), dtype=np.str_)


def _meant(word: str) -> float | None:
    plain = word.strip().lower()
    if plain in _YES:
        return 1.0
    return 0.0 if plain in _NO else None


def _arms(table: pa.Table, plan: Plan) -> tuple[tuple[str, ...], Places]:
    """The arms by name, the control first, and the place of each row's arm."""
    import pyarrow as pa
    from pyarrow import compute

    coded = compute.dictionary_encode(table.column(plan.arm).cast(pa.string())).combine_chunks()
    found = [str(one) for one in coded.dictionary.to_pylist()]
    if len(found) > MOST_ARMS:
        raise ManyArms(column=plan.arm, count=len(found), most=MOST_ARMS)
    if len(found) < 2:
        raise OneArm(column=plan.arm, count=len(found))
    plain: dict[str, str] = {}
    for one in found:
        other = plain.setdefault(" ".join(one.casefold().split()), one)
        if other != one:
            raise AlikeArms(column=plan.arm, one=other, other=one)
    control = plan.control or _control_of(found)
    if control not in found:
        raise NoSuchArm(column=plan.arm, arm=control, found=sorted(found))
    names = (control, *sorted(one for one in found if one != control))
    order = np.array([names.index(one) for one in found])
    return names, order[coded.indices.to_numpy(zero_copy_only=False)]


def _control_of(arms: list[str]) -> str:
    """The arm that is called so, else the first by name."""
    called = ("control", "holdout", "对照", "对照组", "none", "a", "0", "false")
    for name in called:
        for arm in arms:
            if arm.strip().lower() == name:
                return arm
    untouched = [arm for arm in arms if arm.lower().startswith(("no ", "no-", "未", "不"))]
    return sorted(untouched or arms)[0]


def _check_units(table: pa.Table, column: str, *, arms: Places) -> None:
    import pyarrow as pa
    from pyarrow import compute

    cells = table.column(column)
    if cells.null_count:
        raise NoUnit(column=column, count=cells.null_count)
    if pa.types.is_integer(cells.type) and not cells.null_count:
        # Numbers in order lie beside their like: a fifth of the time of counting them.
        ordered = np.sort(cells.to_numpy())
        is_alone = bool((ordered[1:] != ordered[:-1]).all())
    else:
        is_alone = compute.count_distinct(cells, mode="all").as_py() == len(cells)
    if is_alone:
        return
    coded = compute.dictionary_encode(cells.cast(pa.string())).combine_chunks()
    places = coded.indices.to_numpy(zero_copy_only=False)
    rows = np.bincount(places, minlength=len(coded.dictionary))
    if rows.max(initial=0) <= 1:
        return
    pairs = np.unique(np.stack([places, arms]), axis=1)[0]
    moved = np.flatnonzero(np.bincount(pairs, minlength=len(rows)) > 1)
    several = np.flatnonzero(rows > 1)
    if len(moved):
        raise ChangedArm(count=len(moved), unit=str(coded.dictionary[int(moved[0])]))
    raise SeveralRows(count=len(several), unit=str(coded.dictionary[int(several[0])]))


def _check_order(table: pa.Table, plan: Plan) -> None:
    import pyarrow as pa
    from pyarrow import compute

    if not (plan.exposed and plan.known):
        raise NoOrder(exposed=plan.exposed or "?", known=plan.known or "?", kinds="–")
    exposed, known = table.column(plan.exposed), table.column(plan.known)
    if pa.types.is_null(exposed.type) or pa.types.is_null(known.type):
        return
    kinds = f"{exposed.type}, {known.type}"
    if pa.types.is_string(exposed.type) or pa.types.is_string(known.type):
        raise NoOrder(exposed=plan.exposed, known=plan.known, kinds=kinds)
    try:
        early = compute.less(known, exposed).fill_null(False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise NoOrder(exposed=plan.exposed, known=plan.known, kinds=kinds) from None
    rows = np.flatnonzero(np.asarray(early.to_numpy(), dtype=bool))
    if len(rows):
        raise OutcomeBeforeExposure(
            count=len(rows), outcome=plan.known, exposure=plan.exposed, row=int(rows[0]) + 2
        )
