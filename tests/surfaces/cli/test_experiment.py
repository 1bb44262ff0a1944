"""`tenure experiment`: a stranger reads a table, and plans the next experiment."""

import json
from pathlib import Path

import pytest

from tenure.surfaces.cli import main


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "trial.csv"
    rows = [f"{n},{'call' if n % 2 else 'control'},{int(n % 8 != 1 if n % 2 else n % 4 == 0)}"
            for n in range(400)]  # fmt: skip
    path.write_text("unit,arm,renewed\n" + "\n".join(rows))
    return path


def test_a_table_is_read_in_words_and_as_json(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """EXP-01: `tenure experiment read` on any table."""
    asked = ["experiment", "read", str(table), "--arm", "arm", "--metric", "renewed"]

    assert main.run(asked) == 0
    in_words = capsys.readouterr().out.splitlines()
    assert main.run([*asked, "--json", "--unit", "unit", "--expected", "control=1,call=1"]) == 0
    values = json.loads(capsys.readouterr().out)

    assert in_words[0] == "The arms have their promised sizes: control 200, call 200, p = 1."
    assert "“call” is above “control”: +25.00 pp (+15.80 pp to +34.20 pp)" in in_words[-3]
    assert [one.partition(":")[0] for one in in_words[-2:]] == ["Registered beforehand", "Maturity"]
    [pair] = values["metrics"][0]["compared"]
    assert pair["fixed"]["effect"] == 0.25
    assert values["sample_ratio"]["level"] == "fine"


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        (["--metric", "renewd"], "the nearest is “renewed”"),
        (["--metric", "renewed", "--expected", "half"], "write it like a=1,b=1"),
        (["--metric", "renewed", "--expected", "control=²,call=1"], "write it like a=1,b=1"),
        (["--metric", "renewed", "--expected", "a=99999999999,b=1"], "write it like a=1,b=1"),
        (["--metric", "renewed", "--guardrail", "renewed=little"], "write it like kept=0.01"),
        (["--metric", "renewed", "--strata", "unit"], "at most 100 can be weighed"),
        (["--metric", "renewed", "--strata", "renewed"], "before anybody was assigned"),
    ],
)
def test_what_is_asked_wrongly_is_said_in_one_sentence(
    table: Path, capsys: pytest.CaptureFixture[str], extra: list[str], sentence: str
) -> None:
    assert main.run(["experiment", "read", str(table), "--arm", "arm", *extra]) == 2

    told = capsys.readouterr()
    assert told.out == ""
    assert sentence in told.err


def test_strata_are_said_in_words_and_as_json(
    table: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """TOP-04: `--strata`, in both languages, with what is left of the variance."""
    lines = table.read_text().splitlines()
    plans = ["", *(["fibre", "mobile", ""][n % 3] for n in range(400))]
    table.write_text(
        "\n".join(
            f"{line},{plan or 'plan' * (not n)}"
            for n, (line, plan) in enumerate(zip(lines, plans, strict=True))
        )
    )
    asked = ["experiment", "read", str(table), "--arm", "arm", "--metric", "renewed"]

    assert main.run([*asked, "--strata", "plan"]) == 0
    in_words = capsys.readouterr().out
    assert main.run([*asked, "--strata", "plan", "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    monkeypatch.setenv("TENURE_LANG", "zh-Hans")
    assert main.run([*asked, "--strata", "plan"]) == 0

    assert "Strata: plan, 3 in all" in in_words
    assert "Nothing is known of “plan” for 133 units" in in_words
    assert "Weighed within strata; 10" in in_words
    assert values["strata"]["units"] == {"fibre": 134, "mobile": 133, "(empty)": 133}
    assert values["metrics"][0]["adjusted_by"] == ["strata"]
    assert "分层：“plan”，共 3 层" in capsys.readouterr().out


def test_the_size_of_the_next_one(capsys: pytest.CaptureFixture[str]) -> None:
    """F4: 34,613 customers with a tenth held out; 18 weeks of them and 9 to ripen."""
    asked = ["experiment", "size", "--base", "0.8", "--change", "0.02", "--control-share", "0.1"]

    assert main.run([*asked, "--per-week", "2000", "--ripening-days", "60", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert main.run([*asked, "--change", "0.3"]) == 2

    assert abs(found["customers"] - 34_613) <= 1
    assert (found["weeks_entering"], found["weeks"]) == (18, 27)
    assert "both rates lie between 0 and 1" in capsys.readouterr().err
