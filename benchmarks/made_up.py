"""Rows whose variants make up their own tables, and say what their work took."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import Once, Pair, in_turns, run_variant
from benchmarks.page import Row
from benchmarks.rows import processor, row_of, scaled, short

TURNS = 3


def metrics(base: Path) -> Row:
    """Change events against a table of customer × month."""
    goal = "1,000,000 in 3 s and 1,024 MB"
    what = "all metrics over 24 months, all slices"
    run_variant("terms_made_up", home=base)
    return _timed(base, "metrics", other="metrics_by_month", what=what, goal=goal)


def segments(base: Path) -> Row:
    """One pass with the members of each, against a count of customers for each rule."""
    what = "segments: 10 rules, who is in them"
    other = "segments_by_hand"
    return _timed(base, "segments", other=other, what=what, goal="1,000,000 in 1 s")


def bgnbd(base: Path) -> Row:
    """Equal histories once and a slope in closed form, against each customer and differences."""
    other = "bgnbd_one_by_one"
    return _timed(base, "bgnbd", other=other, what="BG/NBD fitted", goal="1,000,000 in 2 s")


def sbg(base: Path) -> Row:
    """The counts of a cohort against its contracts."""
    return _timed(
        base, "sbg", other="sbg_one_by_one", what="sBG fitted", goal="milliseconds; B2: 1 s"
    )


def scoring(base: Path) -> Row:
    """With three reasons each, against the bare prediction of the model of the same size."""
    what, other = "scores with 3 reasons, boosted 100 × 15", "scoring_without_reasons"
    return _timed(base, "scoring", other=other, what=what, goal="1,000,000 in 5 s")


def features(base: Path) -> Row:
    """Each event marked once and added up in one pass, against a condition in every aggregate."""
    run_variant("terms_made_up", home=base)
    run_variant("events_made_up", home=base)
    what = "every feature from 90 days of events (30 million of 1,000,000)"
    return _timed(
        base, "features_from_events", other="features_by_hand", what=what, goal="at most 1.2 ×"
    )


def increment(base: Path) -> Row:
    """What enters each window and leaves it, against all the events of 90 days."""
    what, goal = "use of 90 days, the daily increment", "at most 0.2 ×"
    other = "use_from_all_events"
    run_variant("events_made_up", home=base)
    return _timed(base, "use_from_the_day_before", other=other, what=what, goal=goal)


def _timed(base: Path, ours: str, *, other: str, what: str, goal: str) -> Row:
    """A row whose variants make their own tables and say what their work took."""

    def timed(variant: str) -> Callable[[], Once]:
        def run() -> Once:
            once = run_variant(variant, home=base)
            seconds = once.about["seconds"]
            assert isinstance(seconds, float)
            return replace(once, seconds=seconds)

        return run

    pair = in_turns(timed(ours), timed(other), turns=TURNS)
    used, how = processor(pair.theirs), ""
    if "of" in pair.theirs[0].about:
        how = scaled(pair.theirs[0])[1]
        pair = Pair(pair.ours, tuple(scaled(one)[0] for one in pair.theirs))
    row = row_of(what, pair, goal=goal)
    return replace(
        row,
        ours=f"{short(pair.ours)} ({processor(pair.ours)})",
        theirs=f"{short(pair.theirs)} ({other.replace('_', ' ')}: {used}){how}",
    )


ROWS: dict[str, Callable[[Path], Row]] = {
    "metrics": metrics,
    "segments": segments,
    "bgnbd": bgnbd,
    "sbg": sbg,
    "scoring": scoring,
    "features": features,
    "increment": increment,
}
