"""`tenure network` on the golden rows, and `tenure forecast` of a business that was run."""

import csv
import json
from pathlib import Path

import pytest

from tenure.surfaces.cli.main import run
from tenure.understand.forecast.models import ForecastWeek
from tests.builders import AS_OF
from tests.understand.metrics.golden import expected_of, rows_of
from tests.understand.warehouses import Warehouse


def test_g24_outages_of_a_file_and_what_is_given_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """G24 through the product: the published rows as somebody's own file."""
    told = expected_of("G24")
    path = tmp_path / "outages.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["began", "ended", "planned"])
        writer.writerows(
            [row["from_utc8"], row["to_utc8"], row["planned"]] for row in rows_of("G24")
        )
    asked = ["--during", "2026-06-01/2026-07-01", "--fee", "8800"]

    assert run(["network", "availability", str(path), *asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert run(["network", "availability", str(path), "--during", "2026-06-01/2026-06-01"]) == 2
    assert "no minute" in capsys.readouterr().err
    assert run(["network", "availability", str(path), "--during", "x/2026-06-01"]) == 2
    assert "no time" in capsys.readouterr().err
    assert run(["network", "availability", str(path), "--during", "2026-06-01"]) == 2
    assert "no time" in capsys.readouterr().err

    assert found["downtime_minutes"] == told["downtime_minutes"]
    assert found["availability"] == told["availability"]["value"]
    assert (found["credit_percent"], found["paid_minor"]) == (25, told["paid_minor"])
    assert found["outage_rebate_minor"] == told["outage_rebate_minor"]


def test_g25_a_path_is_rated(capsys: pytest.CaptureFixture[str]) -> None:
    """G25: case V3, a codec of G.729A at 200 ms and 2 % loss."""
    wanted = next(one for one in expected_of("G25")["paths"] if one["case"] == "V3")

    path = ["network", "voice", "--delay-ms", "200", "--loss-percent", "2", "--codec", "g729a"]
    assert run([*path, "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == {"R": wanted["R"], "MOS": wanted["MOS"]}


def test_the_forecast_is_told_or_refused(
    broadband: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    """MET-07, TOP-08: weeks with P10, P50, P90, what came true, and both opinions."""
    assert run(["forecast"]) == 2
    assert "tenure run" in capsys.readouterr().err
    ForecastWeek.objects.create(
        as_of=AS_OF, week_starts_on=AS_OF, currency="CNY", due=10, by_band=[4, 3, 2, 1],
        renewals_p10=6.0, renewals_p50=8.0, renewals_p90=9.0, revenue_p10_minor=60_000,
        revenue_p50_minor=80_000, revenue_p90_minor=90_000,
    )  # fmt: skip

    assert run(["forecast", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert run(["forecast"]) == 0

    assert told["as_of"] == AS_OF.isoformat()
    assert told["weeks"][0]["renewals"] == {"p10": 6.0, "p50": 8.0, "p90": 9.0}
    assert told["came_true"] == {"weeks": None, "months": None}
    assert told["two_opinions"] == {"apart": 0, "scored": None}
    assert "600.00" in capsys.readouterr().out
