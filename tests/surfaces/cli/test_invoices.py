"""`tenure invoices`: requests out, results back in, nothing written in a dry run."""

import csv
import io
import json
from pathlib import Path

import pytest

from tenure.records.invoicing.models import Invoice
from tenure.surfaces.cli import main
from tenure.world.tax_platform.papers import xml_of
from tests.act.documents.invoicing.requested import a_paper, a_request
from tests.understand.warehouses import Warehouse


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")


def states() -> list[str]:
    return [str(one) for one in Invoice.objects.order_by("pk").values_list("state", flat=True)]


def test_requests_go_out_and_results_come_back(
    broadband: Warehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """ENT-02, R-I-002."""
    invoice = a_request()
    sheet, paper = tmp_path / "out.csv", tmp_path / "in.xml"

    looked = main.run(["invoices", "export", str(sheet), "--dry-run", "--json"])
    would = json.loads(capsys.readouterr().out)
    untouched = (states(), sheet.exists())
    exported = main.run(["invoices", "export", str(sheet)])
    said = capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(sheet.read_text("utf-8-sig"))))
    paper.write_bytes(xml_of(a_paper(invoice)))
    attached = main.run(["invoices", "attach", str(paper), "--json"])
    told = json.loads(capsys.readouterr().out)

    assert (looked, exported, attached) == (0, 0, 0)
    assert would == {"exported": 1, "invoices": [invoice.public_id], "dry_run": True}
    assert untouched == (["requested"], False)
    assert said.startswith("1 requests are in ")
    assert [row["流水号"] for row in rows] == [invoice.order_number]
    assert told[0]["number"] == "26332000000000000001"
    assert states() == ["issued"]


def test_an_exported_request_is_exported_again_only_on_demand(
    broadband: Warehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_request()
    counts = []

    for name, more in (("a.xlsx", []), ("b.xlsx", []), ("c.xlsx", ["--again"])):
        main.run(["invoices", "export", str(tmp_path / name), "--json", *more])
        counts.append(json.loads(capsys.readouterr().out)["exported"])

    assert counts == [1, 0, 1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "c.xlsx"]


def test_a_file_that_fits_nothing_is_said_beside_those_that_do(
    broadband: Warehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    invoice = a_request()
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(xml_of(a_paper(invoice)))
    bad.write_bytes(b"junk")

    code = main.run(["invoices", "attach", str(bad), str(good)])

    told = capsys.readouterr().out.splitlines()
    assert code == main.REFUSED
    assert told[0].startswith("bad.xml: This is not a usable file")
    assert told[1] == f"good.xml → {invoice.public_id} (26332000000000000001)"


def test_a_dry_run_of_attaching_keeps_nothing(
    broadband: Warehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    invoice = a_request()
    paper = tmp_path / "in.xml"
    paper.write_bytes(xml_of(a_paper(invoice)))

    main.run(["invoices", "attach", str(paper), "--dry-run"])

    assert capsys.readouterr().out == f"in.xml fits {invoice.public_id}\n"
    assert states() == ["requested"]
