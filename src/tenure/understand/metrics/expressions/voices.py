"""Answers to surveys, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame


def latest_answers(answers: Frame) -> Frame:
    """Of each customer and survey the last answer: one response per wave (G12).

    Args:
        answers: rows of the table `answers`.
    """
    number = nw.col("answer_id")
    newest = (nw.col("day").cast(nw.Int64) * 10_000_000_000 + number).max()
    ranked = answers.with_columns(
        rank=nw.col("day").cast(nw.Int64) * 10_000_000_000 + number,
        newest=newest.over("account_id", "survey"),
    )
    return ranked.filter(nw.col("rank") == nw.col("newest"))


def score_counts(answers: Frame) -> Frame:
    """How many answers of each survey have each score: survey, score, answers."""
    return answers.group_by("survey", "score").agg(answers=nw.len())
