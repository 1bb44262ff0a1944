"""Which rows left: an outcome written in any of the ways in which people write one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.failures import Sentence
from tenure.understand.outcomes.columns import Column, Kind
from tenure.understand.outcomes.refusals import (
    DURATION_TOO,
    NEAR,
    NOTHING,
    THERE,
    ManyOutcomes,
    NoSuchColumn,
    NoSuchOutcome,
    OneOutcome,
    OutcomeUnknown,
    TooFewRows,
)
from tenure.understand.outcomes.values import Floats

LEAST_ROWS: Final = 100
LEAST_OF_EACH: Final = 20
_SHOWN: Final = 8

_YES: Final = frozenset(
    (
        "1",
        "1.0",
        "yes",
        "y",
        "true",
        "t",
        "x",
        "positive",
        "是",
        "对",
        "真",
        "有",
        "1是",
        "√",
        "ja",
        "oui",
        "sí",
        "si",
        "sim",
    )
)
_NO: Final = frozenset(
    (
        "0",
        "-1",
        "0.0",
        "no",
        "n",
        "false",
        "f",
        "negative",
        "否",
        "不",
        "假",
        "无",
        "×",
        "nein",
        "nee",
        "non",
        "não",
        "nao",
    )
)
_LEFT: Final = re.compile(
    r"churn|attrit|^left|leav|lost|cancel|lapse|exit|closed|gone|terminat|surrender|expired|quit"
    r"|not.?renew|non.?renew|unsubscrib|流失|离网|离开|退订|退网|未续|不续|注销|取消|拆机|失效"
)
_STAYED: Final = re.compile(
    r"stay|retain|retention|existing|active|current|loyal|renew|in.?force|kept|remain|open"
    r"|在网|留存|续费|续约|未流失|未离网|正常|保留|留下"
)
_NOT: Final = re.compile(r"\b(not|non|no|un|in)[-_ ]?|^(未|没|不|非)")

_LEFT_WHEN = Sentence(
    zh="“{column}”为 {value} 的算离开", en="“{column}” says {value}: that counts as leaving"
)
_LEFT_ON = Sentence(
    zh="“{column}”是离开的日期：填了的 {rows} 行算离开，空着的算留下",
    en="“{column}” is a day of leaving: the {rows} rows that have one left, the empty ones stayed",
)
_RARER = Sentence(
    zh="“{column}”的两个值看不出哪个是离开，按较少的 {value} 算；可用 --positive 指定",
    en="Neither value of “{column}” says leaving, so the rarer, {value}, counts as leaving; "
    "--positive names another",
)


@dataclass(frozen=True)
class Outcome:
    """Who left, where that is known; how the column was read."""

    left: Floats
    known: NDArray[np.bool_]
    value: str
    read_as: Sentence


def found_name(wanted: str, names: Sequence[str]) -> str:
    """The column that is meant, in its own spelling.

    Raises:
        NoSuchColumn: with names that are near, or with those that there are.
    """
    if wanted in names:
        return wanted
    by_plain = {_plain(name): name for name in reversed(names)}
    if _plain(wanted) in by_plain:
        return by_plain[_plain(wanted)]
    near = difflib.get_close_matches(_plain(wanted), list(by_plain), n=3, cutoff=0.5)
    near += [one for one in by_plain if _plain(wanted) in one and one not in near]
    if near:
        told = NEAR.fill(names=[by_plain[one] for one in near[:3]])
    else:
        told = THERE.fill(names=[*names[:_SHOWN], *(["\u2026"] if len(names) > _SHOWN else [])])
    raise NoSuchColumn(column=wanted, near=told)


def outcome_of(column: Column, *, positive: str = "") -> Outcome:
    """Read the outcome.

    Args:
        positive: the value that counts as leaving; found by its meaning where not given.
    Raises:
        OutcomeUnknown, OneOutcome, ManyOutcomes, NoSuchOutcome.
    """
    words = np.array([_told(one) for one in column.text.to_pylist()], dtype=object)
    known = np.asarray(column.known)
    by_count = _by_count(words[known])
    same = _same(by_count)
    if same:
        words = np.array([same.get(one, one) for one in words], dtype=object)
        by_count = _by_count(words[known])
    if not by_count:
        raise OutcomeUnknown(column=column.name, need=LEAST_ROWS, each=LEAST_OF_EACH)
    if not positive and _says_when(column, by_count):
        return _dated(column)
    if positive:
        return _named(column, words, known=known, value=_meant(column, positive, by_count))
    if len(by_count) == 1:
        raise OneOutcome(
            column=column.name,
            rows=int(known.sum()),
            value=by_count[0],
            need=LEAST_ROWS,
            each=LEAST_OF_EACH,
        )
    if len(by_count) > 2:
        is_length = column.values is not None and len(by_count) > 10
        raise ManyOutcomes(
            column=column.name,
            count=len(by_count),
            values=by_count[:5],
            more=DURATION_TOO if is_length else NOTHING,
        )
    leaving = _leaving(column.name, by_count)
    told = _LEFT_WHEN if leaving else _RARER
    value = leaving or by_count[-1]
    read_as = told.fill(column=column.name, value=value)
    return Outcome((words == value).astype(np.float64), known, value, read_as)


def enough_rows(outcome: Floats) -> None:
    """Refuse to learn from too few.

    Raises:
        TooFewRows: with what there is and what is needed.
    """
    happened = int(outcome.sum())
    others = len(outcome) - happened
    if len(outcome) < LEAST_ROWS or min(happened, others) < LEAST_OF_EACH:
        raise TooFewRows(
            rows=len(outcome),
            happened=happened,
            others=others,
            need=LEAST_ROWS,
            each=LEAST_OF_EACH,
        )


def _says_when(column: Column, values: Sequence[str]) -> bool:
    """Whether it is called a leaving and holds its days, empty for whoever stayed."""
    is_day = column.kind is Kind.DATE and len(values) > 2
    return is_day and not column.known.all() and _is_leaving(column.name.lower())


def _dated(column: Column) -> Outcome:
    """Days of leaving: whoever has one left, whoever has none stayed."""
    known = np.asarray(column.known)
    everybody = np.ones(len(known), dtype=np.bool_)
    read_as = _LEFT_ON.fill(column=column.name, rows=int(known.sum()))
    return Outcome(known.astype(np.float64), everybody, "…", read_as)


def _named(column: Column, words: np.ndarray, *, known: NDArray[np.bool_], value: str) -> Outcome:
    left = (words == value).astype(np.float64)
    if left[known].min() == left[known].max():
        raise OneOutcome(
            column=column.name,
            rows=int(known.sum()),
            value=value,
            need=LEAST_ROWS,
            each=LEAST_OF_EACH,
        )
    read_as = _LEFT_WHEN.fill(column=column.name, value=value)
    return Outcome(left, known, value, read_as)


def _meant(column: Column, positive: str, values: Sequence[str]) -> str:
    plain = {_plain(value): value for value in values}
    found = plain.get(_plain(_told(positive) or ""))
    if found is None:
        raise NoSuchOutcome(column=column.name, value=positive, values=values[:_SHOWN])
    return found


def _by_count(words: np.ndarray) -> list[str]:
    """The different values, the most frequent first."""
    values, counts = np.unique(words.astype(str), return_counts=True)
    return [str(values[at]) for at in np.argsort(-counts, kind="stable")]


def _same(values: Sequence[str]) -> dict[str, str]:
    """Other spellings of a value → the most frequent: YES and Yes, and 1 where all say yes or no.

    Args:
        values: the most frequent first.
    """
    lowered = {value: value.casefold() for value in values}
    if all(one in _YES or one in _NO for one in lowered.values()):
        lowered = {value: str(one in _YES) for value, one in lowered.items()}
    first: dict[str, str] = {}
    for value, one in lowered.items():
        first.setdefault(one, value)
    return {value: first[one] for value, one in lowered.items() if first[one] != value}


def _leaving(name: str, values: Sequence[str]) -> str:
    """The value that means leaving; empty where neither does."""
    lowered = {value: value.strip().lower() for value in values}
    yes = [value for value in values if lowered[value] in _YES]
    no = [value for value in values if lowered[value] in _NO]
    if len(yes) == 1 and len(no) == 1:
        return no[0] if _is_staying(name.lower()) else yes[0]
    left = [value for value in values if _is_leaving(lowered[value])]
    stayed = [value for value in values if _is_staying(lowered[value])]
    if len(left) == 1:
        return left[0]
    if len(stayed) == 1:
        return next(value for value in values if value != stayed[0])
    return ""


def _is_leaving(text: str) -> bool:
    bare = _NOT.sub("", text)
    if bare != text and _STAYED.search(bare):
        return True
    return bool(_LEFT.search(text)) and not (bare != text and _LEFT.search(bare))


def _is_staying(text: str) -> bool:
    bare = _NOT.sub("", text)
    if bare != text:
        return bool(_LEFT.search(bare))
    return bool(_STAYED.search(text)) and not _LEFT.search(text)


def _told(value: str | None) -> str | None:
    """1.0 and 1 are one value."""
    return value[:-2] if value is not None and value.endswith(".0") else value


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-.]+", "", name).lower()
