"""What customers said in scores, as of the end of one day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import narwhals.stable.v2 as nw

from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.expressions.voices import latest_answers, score_counts
from tenure.understand.metrics.rules.rates import Rate, mean_interval, wilson
from tenure.understand.metrics.rules.voices import BEST, NEGATIVE, Promoters

VOICE_DAYS = 90
SHARES: Final[Mapping[str, str]] = {"csat": "csat", "ces": "ces", "intent": "renewal_intent"}

type Counts = Mapping[int, int]


def voices(book: Book) -> Iterator[Figure]:
    """Scores of 90 days, the latest of each customer and survey, in all and by survey."""
    recent = book.answers.filter(
        nw.col("day") > book.today - VOICE_DAYS, nw.col("day") <= book.today
    )
    rows = book.rows(score_counts(latest_answers(recent)).sort("survey", "score"))
    by_survey: dict[str, dict[int, int]] = {}
    for row in rows:
        by_survey.setdefault(row["survey"], {})[row["score"]] = row["answers"]
    by_kind: dict[str, dict[str, Counts]] = {}
    for survey, counts in by_survey.items():
        by_kind.setdefault(book.survey_kinds.get(survey, survey), {})[survey] = counts
    for kind, surveys in by_kind.items():
        yield from _of_kind(kind, surveys, book=book)
    negative = _negative(by_kind)
    if negative.den:
        rate, spread = negative, wilson(negative)
        yield Figure("negative_feedback", rate, rate.den, book.as_of, spread=spread)


def _of_kind(kind: str, surveys: Mapping[str, Counts], *, book: Book) -> Iterator[Figure]:
    whole: dict[int, int] = {}
    for counts in surveys.values():
        for score, answers in counts.items():
            whole[score] = whole.get(score, 0) + answers
    yield from _figures(kind, whole, book=book, place=("", ""))
    for survey, counts in surveys.items():
        yield from _figures(kind, counts, book=book, place=("survey", survey))


def _figures(kind: str, counts: Counts, *, book: Book, place: tuple[str, str]) -> Iterator[Figure]:
    n = sum(counts.values())
    if kind == "nps":
        found = Promoters(n, _among(counts, BEST["nps"]), _among(counts, NEGATIVE["nps"]))
        rate = Rate(100 * (found.promoters - found.detractors), n)
        yield Figure("nps", rate, n, book.as_of, *place, spread=found.interval)
    elif kind in SHARES:
        best = Rate(_among(counts, BEST[kind]), n)
        yield Figure(SHARES[kind], best, n, book.as_of, *place, spread=wilson(best))
    if kind == "csat":
        total = sum(score * answers for score, answers in counts.items())
        squares = sum(score**2 * answers for score, answers in counts.items())
        spread = mean_interval(n, total=total, squares=squares)
        yield Figure("csat_mean", Rate(total, n), n, book.as_of, *place, spread=spread)


def _negative(by_kind: Mapping[str, Mapping[str, Counts]]) -> Rate:
    known = {kind: surveys for kind, surveys in by_kind.items() if kind in NEGATIVE}
    every = [(kind, counts) for kind, surveys in known.items() for counts in surveys.values()]
    negative = sum(_among(counts, NEGATIVE[kind]) for kind, counts in every)
    return Rate(negative, sum(sum(counts.values()) for _, counts in every))


def _among(counts: Counts, scores: range) -> int:
    return sum(answers for score, answers in counts.items() if score in scores)
