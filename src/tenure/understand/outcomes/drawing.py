"""Which rows and columns are learned from, and why each other one is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.observe.uploads.whole import Sheet
from tenure.understand.churn.estimator.ensemble import Floats
from tenure.understand.outcomes.columns import LEFT_OUT, Column, Kind, columns_of
from tenure.understand.outcomes.leaks import (
    TAKEN_AS_LENGTH,
    Leak,
    area,
    carrying_duration,
    is_length,
    leaks_of,
)
from tenure.understand.outcomes.outcome import (
    LEAST_OF_EACH,
    LEAST_ROWS,
    Outcome,
    enough_rows,
    found_name,
    outcome_of,
)
from tenure.understand.outcomes.refusals import (
    NoRows,
    NotALength,
    NothingToLearnFrom,
    SameColumn,
    WrongShare,
)
from tenure.understand.outcomes.rows import (
    Moments,
    Repeats,
    Wholes,
    belonging,
    moments_of,
    repeats_of,
)
from tenure.understand.outcomes.wish import Wish

# More rows than this move no figure; they are drawn by lot, and the report says so.
MOST_ROWS: Final = 150_000
_IS_OUTCOME: Final = Sentence(zh="这是结果", en="it is the outcome")
_IS_TIME: Final = Sentence(zh="这是观察时间，用来切分", en="it is the time of observation")


@dataclass(frozen=True)
class Drawn:
    """The rows that are learned from, and what was found out about the columns.

    `alone` is how well each column orders the outcomes by itself, `at_day` the day on which each
    row was observed, where it is known, `groups` the rows that must not be torn apart.
    """

    sheet: Sheet
    outcome: Outcome
    columns: Sequence[Column]
    moments: Moments | None
    at_day: Floats | None
    groups: Wholes | None
    repeats: Repeats
    unknown_rows: int
    read_rows: int
    left_out: dict[str, Sentence]
    leaks: Sequence[Leak]
    wish: Wish
    alone: Mapping[str, float] = field(default_factory=dict)

    @property
    def used(self) -> list[Column]:
        """The columns that are learned from."""
        return [one for one in self.columns if one.name not in self.left_out]

    def without(self, leaks: Sequence[Leak]) -> Drawn:
        """The same with some more columns left out.

        Raises:
            NothingToLearnFrom: none is left.
        """
        left_out = self.left_out | {leak.column: leak.why for leak in leaks if leak.refused}
        known = {leak.column for leak in leaks}
        before = [leak for leak in self.leaks if leak.column not in known]
        result = replace(self, left_out=left_out, leaks=[*before, *leaks])
        if not result.used:
            dropped = [name for name, why in left_out.items() if why is not _IS_OUTCOME]
            raise NothingToLearnFrom(dropped=dropped[:20])
        return result


def draw(sheet: Sheet, wish: Wish) -> Drawn:
    """Choose rows and columns.

    Raises:
        Refusal: a column is missing or cannot be read, or too little is left.
    """
    if wish.base_rate is not None and not 0 < wish.base_rate < 1:
        raise WrongShare(value=wish.base_rate)
    wish = _spelled(sheet, wish)
    if not sheet.rows:
        raise NoRows(path=sheet.path, need=LEAST_ROWS, each=LEAST_OF_EACH)
    whole = {one.name: one for one in columns_of(sheet)}
    outcome = outcome_of(whole[wish.outcome], positive=wish.positive)
    repeats = repeats_of(sheet)
    kept = _by_lot(outcome.known & (repeats.first if repeats.dropped else True))
    groups = belonging(list(whole.values()), repeats)
    rows = sheet.taken(kept)
    enough_rows(outcome.left[kept])
    columns = list(whole.values()) if kept.all() else columns_of(rows)
    wish, taken = _as_length(columns, wish)
    time = next((one for one in columns if one.name == wish.time), None)
    moments = moments_of(time, today=wish.today) if time else None
    drawn = Drawn(
        sheet=rows,
        outcome=replace(outcome, left=outcome.left[kept], known=outcome.known[kept]),
        columns=columns,
        moments=moments,
        at_day=_at_day(moments, wish, rows=rows.rows),
        groups=None if groups is None else groups[kept],
        repeats=repeats,
        unknown_rows=int((~outcome.known).sum()),
        read_rows=sheet.rows,
        left_out=_left_out(columns, wish),
        leaks=taken,
        wish=wish,
    )
    alone = {one.name: area(one, drawn.outcome.left) for one in drawn.used}
    drawn = replace(drawn, alone=alone)
    return drawn.without(_leaks(drawn, wish))


def _as_length(columns: Sequence[Column], wish: Wish) -> tuple[Wish, list[Leak]]:
    """A time that is a length by its name, such as months lived, is no moment of observation."""
    time = next((one for one in columns if one.name == wish.time), None)
    if time is None or time.kind is not Kind.NUMBER or not is_length(time.name):
        return wish, []
    taken = Leak(time.name, TAKEN_AS_LENGTH, refused=False)
    return replace(wish, time="", duration=wish.duration or time.name), [taken]


def _spelled(sheet: Sheet, wish: Wish) -> Wish:
    """The wish in the file's own spelling."""
    outcome = found_name(wish.outcome, sheet.names)
    time, duration = (
        found_name(one, sheet.names) if one else "" for one in (wish.time, wish.duration)
    )
    for option, name in (("time", time), ("duration", duration)):
        if name == outcome:
            raise SameColumn(option=option, column=name)
    return replace(wish, outcome=outcome, time=time, duration=duration)


def _by_lot(kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    places = np.flatnonzero(kept)
    if len(places) <= MOST_ROWS:
        return kept
    drawn = np.zeros(len(kept), dtype=np.bool_)
    drawn[np.random.default_rng(0).choice(places, MOST_ROWS, replace=False)] = True
    return drawn


def _at_day(moments: Moments | None, wish: Wish, *, rows: int) -> Floats | None:
    if moments is not None and moments.day is not None:
        return moments.day
    return None if wish.as_of is None else np.full(rows, float(day_number(wish.as_of)))


def _left_out(columns: Sequence[Column], wish: Wish) -> dict[str, Sentence]:
    said = {wish.outcome: _IS_OUTCOME} | ({wish.time: _IS_TIME} if wish.time else {})
    unused = (one for one in columns if not one.is_used and one.name not in said)
    return said | {one.name: LEFT_OUT[one.kind] for one in unused}


def _leaks(drawn: Drawn, wish: Wish) -> list[Leak]:
    """What knows the future; without a day of observation nothing may be later than today."""
    day = drawn.at_day
    if day is None:
        day = np.full(drawn.sheet.rows, float(day_number(wish.today)))
    leaks = leaks_of(drawn.used, drawn.outcome.left, at_day=day, alone=drawn.alone)
    known = {leak.column for leak in leaks if leak.refused}
    lengths = [one for one in drawn.columns if _is_asked_length(one, wish)]
    for length in lengths:
        is_question = length.name == wish.duration
        leaks += [
            replace(leak, refused=is_question)
            for leak in carrying_duration(drawn.used, duration=length, is_question=is_question)
            if leak.column not in known
        ]
    return leaks


def _is_asked_length(column: Column, wish: Wish) -> bool:
    """The duration that is asked for; where none is, what is called a length.

    Raises:
        NotALength: the duration is no number.
    """
    if not wish.duration:
        return column.kind is Kind.NUMBER and is_length(column.name)
    if column.name != wish.duration:
        return False
    if column.kind is not Kind.NUMBER:
        words = [one for one in column.text.to_pylist()[:2_000] if one]
        raise NotALength(column=column.name, example=words[0] if words else "")
    return True
