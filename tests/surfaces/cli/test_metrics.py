"""`tenure metrics` (DAT-05 in its first form: every metric can be taken away)."""

import csv
import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tenure.kernel.failures import Refusal
from tenure.understand.metrics.exports import NoMetrics, rows_of, write
from tenure.understand.metrics.models import MetricValue

DAY = date(2026, 3, 11)


@pytest.fixture(autouse=True)
def two_values(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")
    for slice_by, value, num in (("", "", 9), ("plan", "=SUM(A1)", 3)):
        MetricValue.objects.create(
            metric="renewal_rate",
            version=1,
            as_of=DAY,
            slice_by=slice_by,
            slice_value=value,
            num=num,
            den=10,
            rows=10,
        )


def test_every_metric_is_told_with_its_definition_and_slice() -> None:
    """DAT-05, TOP-19: the number, how it is defined, and n."""
    whole, plan = rows_of(DAY, language="en")

    assert (whole["name"], whole["slice"], whole["value"], whole["n"]) == (
        "Renewal rate",
        "",
        "0.900000",
        10,
    )
    assert "grace days are over" in whole["definition"]
    assert plan["slice"] == "plan==SUM(A1)"


def test_the_three_forms_hold_the_same_rows(tmp_path: Path) -> None:
    rows = rows_of(DAY, language="en")
    for ending in ("csv", "json", "parquet"):
        write(rows, tmp_path / f"metrics.{ending}")

    with (tmp_path / "metrics.csv").open(encoding="utf-8-sig", newline="") as file:
        from_csv = [row["value"] for row in csv.DictReader(file)]
    assert from_csv == ["0.900000", "0.300000"]
    assert json.loads((tmp_path / "metrics.json").read_text("utf-8")) == rows
    assert pq.read_table(tmp_path / "metrics.parquet")["num"].to_pylist() == [9, 3]


def test_a_formula_reaches_no_spreadsheet(tmp_path: Path) -> None:
    rows = [{**rows_of(DAY, language="en")[0], "name": "=HYPERLINK(1)"}]

    write(rows, tmp_path / "metrics.csv")

    with (tmp_path / "metrics.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["name"] == "'=HYPERLINK(1)"


def test_an_unknown_ending_and_an_empty_day_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"end it in \.csv"):
        write(rows_of(DAY, language="en"), tmp_path / "metrics.xls")
    with pytest.raises(NoMetrics, match="run `tenure run` first"):
        rows_of(date(2020, 1, 1), language="en")

    assert list(tmp_path.iterdir()) == []
