"""The definitions against the published examples: MET-01, MET-02, TOP-19 in their first form."""

import csv
import json
import re
from datetime import date
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.understand.metrics.rules import (
    Rate,
    Recurring,
    TermEnd,
    churn_rate,
    gross_retention,
    movements,
    net_retention,
    outcome,
    renewal_rates,
    wilson,
)

GOLDEN = Path(__file__).parents[4] / "shared" / "golden-metrics.md"
JUNE = (date(2026, 6, 1), date(2026, 6, 30))


def example(name: str) -> tuple[list[dict[str, str | None]], dict[str, Any]]:
    """The rows and the expected output of one golden example."""
    if not GOLDEN.is_file():
        pytest.skip("the folder shared/ with the golden examples is missing")
    section = re.split(r"^## ", GOLDEN.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = next(part for part in section if part.startswith(name))
    rows = re.search(r"```csv\n(.*?)```", text, re.DOTALL)
    expected = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert rows
    assert expected
    read = [{k: v or None for k, v in row.items()} for row in csv.DictReader(StringIO(rows[1]))]
    return read, json.loads(expected[1])


def term_end(row: dict[str, str | None]) -> TermEnd:
    def day(name: str) -> date | None:
        return date.fromisoformat(row[name] or "") if row[name] else None

    through = day("term_end")
    assert through is not None
    return TermEnd(
        due_on=through,
        old_value=int(row["old_value"] or 0),
        renewed_on=day("renewed_on"),
        new_value=int(row["new_value"]) if row["new_value"] else None,
        refunded_on=day("refunded_on"),
    )


def parts(expected: dict[str, Any]) -> tuple[int, int, str]:
    return expected["num"], expected["den"], expected["value"]


def shown(rate: Rate) -> tuple[int, int, str | None]:
    return rate.num, rate.den, rate.text


def test_renewal_rates_are_those_of_the_golden_example() -> None:
    """MET-02 and G01: only terms due in the month, grace to its last day, refunds reversed."""
    rows, expected = example("G01")
    ends = {str(row["id"]): term_end(row) for row in rows}
    due = {id_: end for id_, end in ends.items() if JUNE[0] <= end.due_on <= JUNE[1]}

    rates = renewal_rates(due.values(), grace_days=15)

    turned = {id_: outcome(end, grace_days=15).value for id_, end in due.items()}
    assert turned == expected["classification"]
    assert shown(rates.on_time) == parts(expected["on_time_rate"])
    assert shown(rates.late_in_grace) == parts(expected["late_in_grace_rate"])
    assert shown(rates.count) == parts(expected["renewal_rate_count"])
    assert shown(rates.value_gross) == parts(expected["renewal_rate_value_gross"])
    assert shown(rates.value_net) == parts(expected["renewal_rate_value_net"])


def customers_of_g03() -> list[Recurring]:
    rows, _ = example("G03")
    netted: dict[str, list[dict[str, str | None]]] = {}
    for row in rows:
        netted.setdefault(str(row["customer"]), []).append(row)
    return [
        Recurring(
            start=sum(int(row["mrr_start"] or 0) for row in mine),
            end=sum(int(row["mrr_end"] or 0) for row in mine),
            all_stopped_are_paused=all(
                row["status_end"] == "paused" for row in mine if row["mrr_end"] == "0"
            )
            and any(row["status_end"] == "paused" for row in mine),
            paid_before=any(row["ever_paid_before_start"] == "1" for row in mine)
            and not all(row["ever_paid_before_start"] == "0" for row in mine),
        )
        for mine in netted.values()
    ]


def test_retention_is_that_of_the_golden_example() -> None:
    """G04: GRR, NRR and logo churn over the customers of G03, under both policies for pauses."""
    customers = customers_of_g03()
    expected = json.loads(
        (re.search(r"## G04.*?```json\n(.*?)```", GOLDEN.read_text("utf-8"), re.DOTALL) or [""])[1]
    )

    assert shown(gross_retention(customers)) == parts(expected["GRR_pause_as_loss"])
    assert shown(net_retention(customers)) == parts(expected["NRR_pause_as_loss"])
    without = {"pause_counts_as_loss": False}
    assert shown(gross_retention(customers, **without)) == parts(expected["GRR_pause_excluded"])
    assert shown(net_retention(customers, **without)) == parts(expected["NRR_pause_excluded"])


def test_fifty_of_a_thousand_lost_is_five_percent() -> None:
    """MET-01: who joined inside the period is in neither part."""
    rate = churn_rate(at_start=1000, lost_of_them=50)

    assert rate.value == Fraction(1, 20)
    assert rate.text == "0.050000"


def test_nothing_due_has_no_rate() -> None:
    assert churn_rate(at_start=0, lost_of_them=0).value is None
    assert wilson(Rate(0, 0)) is None


def test_interval_is_wilsons() -> None:
    """81 of 263, the example of Newcombe (1998), table I: 0.2553 to 0.3662."""
    interval = wilson(Rate(81, 263))

    assert interval is not None
    assert [f"{bound:.4f}" for bound in interval] == ["0.2553", "0.3662"]


AMOUNTS = st.integers(0, 10**7)
CUSTOMERS = st.lists(st.builds(Recurring, AMOUNTS, AMOUNTS, st.booleans(), st.booleans()))


@given(CUSTOMERS)
def test_movements_bridge_start_to_end(customers: list[Recurring]) -> None:
    """Start + gains − losses = end, whatever the customers did."""
    moved = movements(customers)

    gains = moved.new + moved.reactivation + moved.expansion
    losses = moved.contraction + moved.churn + moved.paused
    start = sum(customer.start for customer in customers)
    assert start + gains - losses == sum(customer.end for customer in customers)
