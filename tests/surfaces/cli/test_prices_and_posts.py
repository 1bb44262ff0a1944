"""`tenure price-test` (PRC-01) and `tenure posts` (DAT-07)."""

import json
from pathlib import Path

import pytest

from tenure.records.feedback.models import Post
from tenure.surfaces.cli.main import REFUSED, run
from tests.builders import an_account


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")


def a_file(folder: Path, header: str, rows: list[str]) -> str:
    path = folder / "table.csv"
    path.write_text("\n".join([header, *rows]), "utf-8")
    return str(path)


def test_a_price_test_is_read_from_any_table_and_wants_a_lot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"100,{int(n < 60)},{n % 9}" for n in range(100)]
    rows += [f"110,{int(n < 50)},{n % 9}" for n in range(100)]
    asked = ["price-test", a_file(tmp_path, "paid,took,age", rows), "--price", "paid",
             "--bought", "took"]  # fmt: skip

    assert run(asked) == REFUSED
    assert "no elasticity" in capsys.readouterr().err
    assert run([*asked, "--randomised", "--before", "age", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["elasticity"] == pytest.approx(-1.9144, abs=1e-3)
    assert run([*asked, "--randomised", "--before", "paid"]) == REFUSED
    assert run(asked[:2]) == REFUSED


def test_choices_say_what_a_property_is_worth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """PRC-01, G4: a row an offer; worth 24.19 by hand (tests/understand/voice/test_choices.py)."""
    rows = [
        f"{kind}-{n},{int((n < took) == cheap)},{50 if cheap else 60},{kind if cheap else 0}"
        for kind, took in ((0, 60), (1, 80))
        for n in range(100)
        for cheap in (True, False)
    ]
    file = a_file(tmp_path, "task,taken,fee,router", rows)
    asked = ["price-test", file, "--choice", "task,taken,fee"]

    assert run(asked) == REFUSED
    assert run([*asked, "--property", "router", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["tasks"] == 200
    assert told["worths"][0]["worth"] == pytest.approx(24.19, abs=0.01)


def test_four_columns_of_prices_cross(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{20 + n % 7},{30 + n % 7},{45 + n % 7},{60 + n % 7}" for n in range(70)]
    file = a_file(tmp_path, "a,b,c,d", rows)

    assert run(["price-test", file, "--survey", "a,b,c,d"]) == 0

    told = capsys.readouterr().out
    assert told.startswith("70 answers, 0 contradict themselves")
    assert "PMC" in told


@pytest.mark.django_db
def test_posts_are_brought_in_once_without_numbers_and_linked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = an_account()
    rows = [f"1,{account.external_id},网速慢 13800138000,2026-03-01", "2,nobody,不错,2026-03-02"]
    asked = ["posts", a_file(tmp_path, "no,who,said,on", rows), "--source", "forum", "--id", "no",
             "--text", "said", "--time", "on", "--customer", "who", "--json"]  # fmt: skip

    assert run(asked) == 0
    first = json.loads(capsys.readouterr().out)
    assert run(asked) == 0

    assert first == {"read": 2, "new": 2, "linked": 1}
    assert json.loads(capsys.readouterr().out)["new"] == 0
    linked, other = Post.objects.order_by("external_id")
    assert (linked.account_id, linked.text) == (account.pk, "网速慢 [number]")
    assert other.account_id is None
