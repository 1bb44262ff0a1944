"""Template tags print the markup of the reference design, to the letter."""

from datetime import date

import pytest
from django.utils.translation import override

from tenure.kernel.failures import Sentence
from tenure.surfaces.console.templatetags import tenure_marks as marks
from tenure.surfaces.console.templatetags import tenure_ui as ui

# Design 01: the risk of a customer, four steps, the word and the probability.
RISK = (
    '<span class="tn-risk tn-risk--3"><svg viewBox="0 0 26 10" aria-hidden="true">'
    '<rect x="0" width="5" height="10" rx="1" class="on"/>'
    '<rect x="7" width="5" height="10" rx="1" class="on"/>'
    '<rect x="14" width="5" height="10" rx="1" class="on"/>'
    '<rect x="21" width="5" height="10" rx="1" class="off"/></svg>{word}</span>'
)


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "高 38%"), ("en", "High 38%")])
def test_risk_is_steps_a_word_and_a_figure(language: str, word: str) -> None:
    with override(language):
        assert marks.risk(3, 0.38) == RISK.format(word=word)


def test_risk_in_full_and_risk_that_is_not_known() -> None:
    with override("en"):
        assert marks.risk(3, 0.38, full=True) == RISK.format(word="High risk 38%")
        assert marks.risk(None) == '<span class="t3">—</span>'


def test_a_bar_marks_its_line_and_never_leaves_its_frame() -> None:
    assert marks.bar(141.0, "badf", tick=70) == (
        '<svg class="tn-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="trk" width="100" height="6"/><rect class="badf" width="100.0" height="6"/>'
        '<rect class="tick" x="70.0" width="0.6" height="6"/></svg>'
    )


@pytest.mark.parametrize(
    ("low", "high", "is_muted"), [(930, 2770, False), (-12, 291, True), (0, 5, True)]
)
def test_an_interval_that_holds_zero_is_grey(low: float, high: float, is_muted: bool) -> None:
    assert ("tn-ci--mut" in marks.interval(low, (low + high) / 2, high)) == is_muted


@pytest.mark.parametrize(
    ("change", "falling", "html"),
    [
        (0.015, False, '<span class="tn-delta tn-delta--good">▲ 1.5</span>'),
        (-0.0009, True, '<span class="tn-delta tn-delta--good">▼ 0.1</span>'),
        (-0.02, False, '<span class="tn-delta tn-delta--bad">▼ 2.0</span>'),
        (0.0001, False, '<span class="tn-delta">± 0.0</span>'),
        (None, False, ""),
    ],
)
def test_a_change_is_an_arrow_with_a_figure_and_colour_only_repeats_it(
    change: float | None, falling: bool, html: str
) -> None:
    assert marks.delta(change, falling_is_better=falling) == html


def test_sentences_and_days_follow_the_reader() -> None:
    sentence = Sentence(zh="昨日", en="Yesterday")

    with override("zh-hans"):
        assert (ui.said(sentence), ui.prose(date(2026, 4, 3))) == ("昨日", "4 月 3 日")
    with override("en"):
        assert (ui.said(sentence), ui.prose(date(2026, 4, 3), "year")) == (
            "Yesterday",
            "3 April 2026",
        )


@pytest.mark.parametrize(("days", "text"), [(9, "T-9"), (0, "T-0"), (-2, "T+2")])
def test_the_clock_of_a_term_counts_to_its_end_and_beyond(days: int, text: str) -> None:
    assert ui.term_clock(date(2026, 6, 15 + days), date(2026, 6, 15)) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [(date(2026, 8, 22), "08-22"), (date(2027, 1, 3), "01-03"), (date(2027, 12, 6), "2027-12-06")],
)
def test_a_day_far_from_today_is_told_with_its_year(day: date, text: str) -> None:
    assert ui.brief(day, date(2026, 11, 29)) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.012, "+0.01"), (58.04, "+58.0"), (-12.4, "−12.4"), (1733.2, "+1,733")]
)
def test_expected_counts_show_the_digits_that_mean_something(value: float, text: str) -> None:
    assert ui.tenths(value) == text
