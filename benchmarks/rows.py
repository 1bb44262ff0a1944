"""What a row says of its runs: times, memory, and a sample scaled to the whole."""

import statistics
from dataclasses import replace

from benchmarks.measure import Once, Pair, median_seconds, peak_mb
from benchmarks.page import Row


def scaled(sampled: Once) -> tuple[Once, str]:
    """The time of all terms from that of a sample, and the words that say so."""
    seen, terms = sampled.about["terms"], sampled.about["of"]
    assert isinstance(seen, int)
    assert isinstance(terms, int)
    if seen == terms:
        return sampled, ""
    how = f" ({seen:,} of {terms:,} terms took {sampled.seconds:.2f} s; scaled)"
    return replace(sampled, seconds=sampled.seconds * terms / seen), how


def short(runs: tuple[Once, ...]) -> str:
    """The time of some runs, in seconds or milliseconds."""
    seconds = median_seconds(runs)
    return f"{seconds:.2f} s" if seconds >= 1 / 10 else f"{seconds * 1000:.1f} ms"


def processor(runs: tuple[Once, ...]) -> str:
    """The processor time of some runs."""
    used = [one.about["processor_seconds"] for one in runs]
    seconds = statistics.median(one for one in used if isinstance(one, float))
    return f"{seconds:.3f} CPU s"


def row_of(what: str, pair: Pair, *, goal: str) -> Row:
    """One row: a pair beside its goal."""
    return Row(
        what,
        f"{median_seconds(pair.ours):.2f} s",
        f"{median_seconds(pair.theirs):.2f} s",
        f"{pair.ratio:.3f} ×",
        goal,
        f"{peak_mb(pair.ours):,.0f} MB",
    )
