"""MET-02, R-M-005, R-M-024, STD-01: the movements of a month by segment, by count and by amount."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest

from tenure.kernel.periods import date_of, day_number
from tenure.understand.metrics.book import Book
from tenure.understand.metrics.months import due_in, month_of, movements, of_month, standings
from tenure.understand.metrics.segment_months import dues_by_segment, stood_by_segment
from tenure.understand.segments.models import SegmentCount
from tenure.warehouse.engines import open_engine
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.facts import ACCOUNTS, ANSWERS, TERMS
from tenure.warehouse.tables.understanding import SEGMENT_MASKS
from tests.understand.features.literal import TODAY, frame
from tests.understand.metrics.test_expressions import a_row
from tests.understand.warehouses import Warehouse

ON = date_of(TODAY)
MONTH = month_of(ON.replace(day=1) - timedelta(days=1))
FIRST = day_number(date(MONTH // 12, MONTH % 12 + 1, 1))
LAST = day_number(ON.replace(day=1)) - 1
NAMES = ("business", "silent")


def segments(broadband: Warehouse, *, on: int, masks: dict[int, int]) -> None:
    """Customers and the bits of the segments they were in on a day."""
    for bit, name in enumerate(NAMES):
        SegmentCount.objects.create(
            segment=name, version="1", as_of=date_of(on), bit=bit, customers=1, terms=1
        )
    broadband.put(
        SEGMENT_MASKS,
        *(
            {"term_id": one, "subscription_id": one, "account_id": one, "mask": mask}
            for one, mask in masks.items()
        ),
        on=on,
    )


def told(terms: list[tuple[Any, ...]]) -> dict[str, dict[str, dict[str, float]]]:
    """Slice → value → metric → number, of the month before the running one."""
    found: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    with open_engine(threads=1) as engine:
        book = Book(
            engine=engine,
            terms=engine.literal(terms, columns=TERMS.columns),
            accounts=frame(engine, ACCOUNTS, *({"account_id": n} for n in range(1, 6))),
            answers=engine.literal([], columns=ANSWERS.columns),
            events=engine.literal([], columns=EVENTS.columns),
            today=TODAY,
            grace=15,
            currency="CNY",
        )
        moved = movements(book)
        whole = [one for one in standings(book, moved)[MONTH] if not one.place[0]]
        parted = list(stood_by_segment(book, moved.each, month=MONTH))
        due = list(dues_by_segment(book, month=MONTH))
        figures = [
            *of_month(book, MONTH, stood=[*whole, *parted]),
            *due_in(book, MONTH, dues=due),
        ]
    for one in figures:
        assert one.rate.value is not None
        found[one.slice_by][one.slice_value][one.metric] = float(one.rate.value)
    return found


def paid(n: int, price: int, *, since: int, until: int, **more: Any) -> tuple[Any, ...]:
    """A term of a year in which customer `n` pays so much a month."""
    return a_row(
        n, account_id=more.pop("account_id", n), starts_day=since, ends_day=until,
        price_minor=12 * price, currency="CNY", **more,
    )  # fmt: skip


def test_a_month_by_segment_adds_up_by_count_and_by_amount(broadband: Warehouse) -> None:
    """Two stayed in business, one left it, one paid more; one who is silent came new."""
    segments(broadband, on=FIRST - 3, masks={1: 0b01, 2: 0b01, 3: 0b11})
    segments(broadband, on=LAST - 1, masks={1: 0b10, 3: 0b11, 4: 0b10})
    year = FIRST - 200
    terms = [
        paid(1, 1_000, since=year, until=year + 365),
        paid(2, 2_000, since=year, until=FIRST + 300, closed_day=FIRST + 9, end_kind="voluntary"),
        paid(3, 3_000, since=FIRST - 360, until=FIRST + 5, renewed_day=FIRST + 1),
        paid(31, 3_500, since=FIRST + 5, until=FIRST + 370, account_id=3, number=2,
             subscription_id=3),
        paid(4, 700, since=FIRST + 11, until=FIRST + 376),
    ]  # fmt: skip

    by = told(terms)

    business, silent = by["segment"]["business"], by["segment"]["silent"]
    assert (business["mrr_start"], business["customers_start"]) == (6_000, 3)
    assert (business["mrr_churn"], business["customers_lost"]) == (2_000, 1)
    assert business["lost_voluntary"] == 1
    assert (business["mrr_expansion"], business["customers_expanded"]) == (500, 1)
    assert (business["mrr_end"], business["customers_end"]) == (4_500, 2)
    # Nobody gained by moving: the first customer was silent only after the month began.
    assert (silent["mrr_start"], silent["mrr_new"], silent["mrr_end"]) == (3_000, 700, 4_200)
    assert (silent["customers_new"], silent["customers_end"]) == (1, 2)
    for one in (*by["segment"].values(), by[""][""]):
        gains = one["mrr_new"] + one["mrr_reactivation"] + one["mrr_expansion"]
        assert (
            one["mrr_start"] + gains - one["mrr_contraction"] - one["mrr_churn"] == (one["mrr_end"])
        )
        assert one["mrr_moved"] == 0
    # One of business was due, and renewed at more.
    assert (business["renewal_rate_month"], business["renewal_value_gross_month"]) == (1, 1)
    assert business["renewal_value_net_month"] == pytest.approx(3_500 / 3_000)


def test_segments_that_part_everybody_add_up_to_the_whole(broadband: Warehouse) -> None:
    masks = {1: 0b01, 2: 0b10, 3: 0b01, 4: 0b10}
    for on in (FIRST - 1, LAST):
        segments(broadband, on=on, masks=masks)
    year = FIRST - 100
    terms = [
        paid(1, 1_000, since=year, until=FIRST + 2, end_kind="lapse", closed_day=FIRST + 20),
        paid(2, 2_000, since=year, until=year + 365),
        paid(3, 300, since=FIRST + 3, until=FIRST + 368),
        paid(4, 400, since=FIRST - 400, until=FIRST - 35, closed_day=FIRST - 35),
        paid(41, 450, since=FIRST + 8, until=FIRST + 373, account_id=4, number=2),
    ]

    by = told(terms)

    whole = by[""][""]
    assert (whole["mrr_reactivation"], whole["mrr_churn"]) == (450, 1_000)
    for metric in ("mrr_start", "mrr_end", "mrr_new", "mrr_reactivation", "mrr_churn",
                   "customers_start", "customers_end", "customers_back", "lost_lapse"):  # fmt: skip
        assert sum(one[metric] for one in by["segment"].values()) == whole[metric]


def test_a_month_before_segments_were_known_tells_none(broadband: Warehouse) -> None:
    """TOP-20: rather nothing than the members of another time."""
    segments(broadband, on=TODAY, masks={1: 0b01})

    assert "segment" not in told([paid(1, 1_000, since=FIRST - 10, until=FIRST + 355)])
