"""MET-02: renewals by segment and cohort, by count and by amount; and the lines that work."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

from tenure.kernel.periods import day_number
from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.daily import renewals, retention
from tenure.understand.metrics.service import service
from tenure.understand.segments.models import SegmentCount
from tenure.warehouse.engines import open_engine
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.facts import ACCOUNTS, ANSWERS, INCIDENTS, TERMS
from tenure.warehouse.tables.understanding import SEGMENT_MASKS
from tests.builders import AS_OF
from tests.understand.features.literal import TODAY, frame
from tests.understand.metrics.test_expressions import a_row
from tests.understand.warehouses import Warehouse

GRACE = 15
HOUR_US = 3_600_000_000


def figures(reads: Any, terms: list[tuple[Any, ...]], accounts: list[dict[str, Any]]) -> Any:
    with open_engine(threads=1) as engine:
        book = Book(
            engine=engine,
            terms=engine.literal(terms, columns=TERMS.columns),
            accounts=frame(engine, ACCOUNTS, *accounts),
            answers=engine.literal([], columns=ANSWERS.columns),
            events=engine.literal([], columns=EVENTS.columns),
            today=TODAY,
            grace=GRACE,
            currency="CNY",
        )
        found: list[Figure] = list(reads(book))
    return {(one.metric, one.slice_by, one.slice_value): one.rate for one in found}


def segments(broadband: Warehouse, *, on: int, masks: dict[int, int]) -> None:
    day = AS_OF - timedelta(days=day_number(AS_OF) - on)
    for bit, name in enumerate(("business", "silent")):
        SegmentCount.objects.create(
            segment=name, version="1", as_of=day, bit=bit, customers=1, terms=1
        )
    broadband.put(
        SEGMENT_MASKS,
        *({"term_id": one, "subscription_id": one, "account_id": one, "mask": mask}
          for one, mask in masks.items()),
        on=on,
    )  # fmt: skip


def test_renewals_by_segment_count_those_who_were_in_it_before(broadband: Warehouse) -> None:
    """MET-02: three were due; one of two businesses and none of two silent ones renewed."""
    first = TODAY - GRACE - 29
    due = first + 10
    segments(broadband, on=first - 2, masks={1: 0b01, 2: 0b11, 3: 0b10})
    terms = [
        a_row(1, ends_day=due, renewed_day=due - 1),
        a_row(11, account_id=1, subscription_id=1, number=2, starts_day=due, ends_day=due + 365,
              price_minor=60_000),
        a_row(2, ends_day=due),
        a_row(3, ends_day=due),
    ]  # fmt: skip
    born = [{"account_id": n, "started_day": day_number(AS_OF.replace(year=2019 + n))}
            for n in (1, 2, 3)]  # fmt: skip

    found = figures(renewals, terms, born)

    def parts(metric: str, by: str, value: str) -> tuple[int, int]:
        rate = found[metric, by, value]
        return rate.num, rate.den

    assert parts("renewal_rate", "segment", "business") == (1, 2)
    assert parts("renewal_rate", "segment", "silent") == (0, 2)
    assert parts("renewal_value_net", "segment", "business") == (60_000, 240_000)
    assert parts("atr_churn", "segment", "silent") == (2, 2)
    assert parts("renewal_rate", "cohort", "2020") == (1, 1)
    assert parts("renewal_rate", "cohort", "2022") == (0, 1)


def test_customers_revenue_and_churn_by_segment(broadband: Warehouse) -> None:
    """By count and by amount; who left is counted where they were a month ago."""
    segments(broadband, on=TODAY - 31, masks={1: 0b01, 2: 0b01})
    segments_now = {1: 0b11}
    for bit, name in enumerate(("business", "silent")):
        SegmentCount.objects.create(
            segment=name, version="1", as_of=AS_OF, bit=bit, customers=1, terms=1
        )
    broadband.put(
        SEGMENT_MASKS,
        *({"term_id": one, "subscription_id": one, "account_id": one, "mask": mask}
          for one, mask in segments_now.items()),
    )  # fmt: skip
    terms = [
        a_row(1, ends_day=TODAY + 100, currency="CNY"),
        a_row(2, ends_day=TODAY - 20, closed_day=TODAY - 10, currency="CNY"),
    ]

    found = figures(retention, terms, [])

    assert found["customers", "segment", "silent"].value == 1
    assert found["mrr", "segment", "business"].value == 10_000
    lost = found["logo_churn", "segment", "business"]
    assert (lost.num, lost.den) == (1, 2)


def test_lines_that_were_down_lower_availability_and_are_owed(broadband: Warehouse) -> None:
    """G24 in the product: of two lines one was down for 30 of 720 hours, 100.00 a month."""
    end = (TODAY + 1) * 24 * HOUR_US
    rows = [(1, 7, end - 40 * HOUR_US, end - 20 * HOUR_US),
            (2, 7, end - 25 * HOUR_US, end - 10 * HOUR_US)]  # fmt: skip
    broadband.put(
        INCIDENTS,
        *(dict(zip(("incident_id", "node_id", "started_us", "ended_us"), row, strict=True))
          for row in rows),
    )  # fmt: skip
    terms = [
        a_row(n, node_id=node, ends_day=TODAY + 100, currency="CNY") for n, node in ((1, 7), (2, 8))
    ]
    places = [{"account_id": 1, "region": "浙江"}, {"account_id": 2, "region": "江苏"}]

    found = figures(service, terms, places)

    assert found["availability", "", ""].value == Fraction(1410, 1440)
    assert found["availability", "region", "江苏"].value == 1
    # 690 ÷ 720 is below 99 %: a quarter of the fee, more than the rebate of 4.17.
    assert found["credit_due", "", ""].value == 2_500
