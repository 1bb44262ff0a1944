"""R-P-036: the shipped table of times, what of it an operator may say, and what is refused."""

from datetime import date

import pytest

from tenure.strategy.loading import preset, preset_names
from tenure.strategy.reading import Reader, StrategyError
from tenure.strategy.retention import Kept, Retention, Span, read


def read_table(**table: object) -> Retention:
    reader = Reader(table, file="retention.toml")
    found = read(reader)
    reader.done()
    return found


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_ships_the_times_of_the_rule(name: str) -> None:
    """R-P-036, R-I-012."""
    kept = preset(name).retention

    months = {kind.value: span.months for kind, span in kept.spans.items() if span.months}
    assert months == {
        "raw_events": 25,
        "message_bodies": 13,
        "delivery_receipts": 25,
        "scores": 25,
        "audit_log": 60,
        "books": 120,
    }
    assert kept.spans[Kept.SESSIONS] == Span(days=90)
    assert kept.books_of("CN") == Span(months=360)
    assert kept.books_of("DE") == Span(months=120)
    assert "retention.toml" in {one.file for one in preset(name).dated["retention"]}


def test_a_strategy_without_the_file_keeps_by_the_same_table() -> None:
    assert read_table() == preset("saas").retention


def test_an_operator_may_keep_longer() -> None:
    found = read_table(message_bodies={"months": 24}, books_by_country={"DE": 144})

    assert found.spans[Kept.MESSAGE_BODIES] == Span(months=24)
    assert found.books_of("DE") == Span(months=144)
    assert found.spans[Kept.AUDIT] == Span(months=60)


@pytest.mark.parametrize(
    "table",
    [
        {"raw_events": {"months": 24}},  # metrics of two years are counted again from events
        {"scores": {"months": 12}},
        {"books": {"months": 60}},
        {"books_by_country": {"CN": 12}},
        {"books_by_country": {"China": 360}},
        {"sessions": {"months": 3}},
        {"message_bodies": {"days": 400}},
        {"message_bodies": {"months": 0}},
        {"emails": {"months": 13}},
    ],
)
def test_what_cannot_be_right_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(StrategyError):
        read_table(**table)


def test_a_span_is_counted_in_calendar_months() -> None:
    assert Span(months=13).before(date(2026, 3, 31)) == date(2025, 2, 28)
    assert Span(days=90).before(date(2026, 3, 31)) == date(2025, 12, 31)
