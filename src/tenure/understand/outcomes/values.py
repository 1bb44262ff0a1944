"""What a column of text holds: numbers, dates, or words; each read in the forms people write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

type Floats = NDArray[np.float64]

# A column is of a kind where so much of what is filled reads that way.
READS_FROM: Final = 0.95
BLANKS: Final = (
    "", "na", "n/a", "#n/a", "nan", "null", "nil", "nat", "none", "?", "-", "--", "\\n", "#div/0!",
    "无", "空", "缺失", "<na>",
    "inf", "-inf", "infinity",
)  # fmt: skip
_PLAIN: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_THOUSANDS: Final = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
_COMMA: Final = r"^[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+$"
# What is larger is no measurement, and no number of 32 bits.
_LARGEST: Final = 1e30
_SIGNS: Final = r"[\s$€£¥￥₹%元]|CNY|USD|EUR|RMB"
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun",
                  "jul", "aug", "sep", "oct", "nov", "dec")  # fmt: skip
_DATES: Final = (
    r"^(?P<y>(?:19|20)\d{2})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?(?:[T\s].*)?$",
    r"^(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])$",
    r"^(?P<y>(?:19|20)\d{2})[-/.年](?P<m>\d{1,2})月?$",
    r"^(?P<d>\d{1,2})[-\s/.](?P<n>[A-Za-z]{3})[A-Za-z]*[-\s/.,]+(?P<y>(?:19|20)?\d{2})(?:\s.*)?$",
    r"^(?P<n>[A-Za-z]{3})[A-Za-z]*\s+(?P<d>\d{1,2}),?\s+(?P<y>(?:19|20)\d{2})(?:\s.*)?$",
)  # fmt: skip
_EITHER: Final = r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>(?:19|20)?\d{2})(?:\s.*)?$"
_LOOKED_AT: Final = 12
_COMPILED: Final = tuple(re.compile(one) for one in (*_DATES, _EITHER))


def blank(text: pa.Array) -> NDArray[np.bool_]:
    """Where nothing is filled in, in any of the ways in which people leave it out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    empty = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(text)), value_set=pa.array(BLANKS))
    return np.asarray(pc.or_(pc.fill_null(empty, True), pc.is_null(text)))


def numbers(text: pa.Array, *, known: NDArray[np.bool_]) -> Floats | None:
    """The column as numbers, NaN where it says nothing; None where it is no column of numbers.

    Amounts may carry a currency, a percent sign, thousands' commas or a comma for the point.
    """
    import pyarrow.compute as pc

    plain = _matches(text, _PLAIN)
    if _enough(plain, known):
        return _cast(text, plain & known)
    bare = pc.replace_substring_regex(text, pattern=_SIGNS, replacement="")
    thousands = pc.replace_substring(bare, ",", "")
    grouped = _matches(bare, _PLAIN) | _matches(bare, _THOUSANDS)
    if _enough(grouped, known):
        return _cast(thousands, grouped & known)
    pointed = pc.replace_substring(pc.replace_substring(bare, ".", ""), ",", ".")
    comma = _matches(bare, _COMMA) | _matches(bare, r"^[+-]?\d+$")
    return _cast(pointed, comma & known) if _enough(comma, known) else None


def days(text: pa.Array, *, known: NDArray[np.bool_]) -> Floats | None:
    """The column as days since 1970, NaN where it says nothing; None where it holds no dates."""
    if not _may_be_days(text, known):
        return None
    for pattern in _DATES:
        matching = _matches(text, pattern)
        if _enough(matching, known):
            return _days_of(text, pattern=pattern, matching=matching & known)
    matching = _matches(text, _EITHER)
    if _enough(matching, known):
        return _either_order(text, matching=matching & known)
    return _in_several_forms(text, known)


def _in_several_forms(text: pa.Array, known: NDArray[np.bool_]) -> Floats | None:
    """Days of a column that was put together from several: each cell by the first form it has."""
    found = np.full(len(known), np.nan)
    left = known.copy()
    for pattern in (*_DATES, _EITHER):
        matching = _matches(text, pattern) & left
        if matching.any():
            told = _either_order if pattern is _EITHER else partial(_days_of, pattern=pattern)
            found = np.where(matching, told(text, matching=matching), found)
            left &= ~matching
    return found if _enough(~left, known) else None


def _may_be_days(text: pa.Array, known: NDArray[np.bool_]) -> bool:
    """Whether any of a dozen cells spread over the column looks like a day."""
    filled = np.flatnonzero(known)
    places = filled[:: max(1, len(filled) // _LOOKED_AT)][: _LOOKED_AT + 1]
    cells = (text[int(place)].as_py() for place in places)
    return any(pattern.match(cell) for cell in cells for pattern in _COMPILED)


def _matches(text: pa.Array, pattern: str) -> NDArray[np.bool_]:
    import pyarrow.compute as pc

    found = pc.match_substring_regex(text, pattern=pattern)
    return np.asarray(pc.fill_null(found, False))


def _enough(matching: NDArray[np.bool_], known: NDArray[np.bool_]) -> bool:
    count = int(known.sum())
    return count > 0 and int((matching & known).sum()) >= READS_FROM * count


def _cast(text: pa.Array, matching: NDArray[np.bool_]) -> Floats:
    import pyarrow as pa
    import pyarrow.compute as pc

    bare = pc.if_else(pa.array(matching), text, None)
    without_plus = pc.replace_substring_regex(bare, pattern=r"^\+", replacement="")
    values = np.array(without_plus.cast(pa.float64()).to_numpy(zero_copy_only=False))
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(values) <= _LARGEST, values, np.nan)


def _days_of(text: pa.Array, *, pattern: str, matching: NDArray[np.bool_]) -> Floats:
    parts = _parts(text, pattern)
    months = parts["m"] if "m" in parts else _month_numbers(text, pattern)
    days_of_month = parts.get("d", np.ones(len(months)))
    return _civil(_four_digits(parts["y"]), months, days=np.where(matching, days_of_month, np.nan))


def _either_order(text: pa.Array, *, matching: NDArray[np.bool_]) -> Floats:
    """Day first or month first: whichever reads more rows, the day first where both do."""
    parts = _parts(text, _EITHER)
    years = _four_digits(parts["y"])
    first, second = (np.where(matching, parts[name], np.nan) for name in ("a", "b"))
    by_day, by_month = _civil(years, second, days=first), _civil(years, first, days=second)
    read_by_day, read_by_month = (int((~np.isnan(one)).sum()) for one in (by_day, by_month))
    return by_month if read_by_month > read_by_day else by_day


def _four_digits(years: Floats) -> Floats:
    """Years of two digits up to 69 are of this century."""
    return np.where(years < 100, years + np.where(years < 70, 2000, 1900), years)


def _parts(text: pa.Array, pattern: str) -> dict[str, Floats]:
    """The named groups of a pattern that are numbers."""
    found = {}
    for name, group in _groups(text, pattern):
        if name != "n":
            found[name] = _cast(group, _matches(group, r"^\d+$"))
    return found


def _groups(text: pa.Array, pattern: str) -> Iterator[tuple[str, Any]]:
    import pyarrow.compute as pc

    groups = pc.extract_regex(text, pattern=pattern)
    for place, field in enumerate(groups.type):
        yield field.name, pc.struct_field(groups, [place])


def _month_numbers(text: pa.Array, pattern: str) -> Floats:
    import pyarrow as pa
    import pyarrow.compute as pc

    group = dict(_groups(text, pattern))["n"]
    places = pc.index_in(pc.utf8_lower(group), value_set=pa.array(_MONTHS))
    return np.array(pc.add(places, 1).cast(pa.float64()).to_numpy(zero_copy_only=False))


def _civil(years: Floats, months: Floats, *, days: Floats) -> Floats:
    """Days since 1970 of year, month and day; NaN for what no calendar has."""
    real = (months >= 1) & (months <= 12) & (days >= 1) & (days <= 31)
    real &= ~np.isnan(years)
    result = np.full(len(years), np.nan)
    whole = (years[real].astype(np.int64) - 1970) * 12 + months[real].astype(np.int64) - 1
    start = whole.astype("datetime64[M]")
    day = start.astype("datetime64[D]") + (days[real].astype(np.int64) - 1)
    inside = day.astype("datetime64[M]") == start
    result[real] = np.where(inside, day.astype(np.int64), np.nan)
    return result
