"""`tenure rehearse`: one short rehearsal from end to end, in a folder that is gone afterwards."""

import json
from pathlib import Path
from typing import Any

import pytest

from tenure.records.customers.models import Account
from tenure.strategy.loading import preset
from tenure.surfaces.cli.main import run
from tenure.surfaces.rehearsal_report.page import html_of
from tenure.surfaces.rehearsal_report.wording import lines_of


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_strategy_is_played_beside_the_records_and_leaves_them_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """TOP-10: caps, hours, complaints and refusals of a day that nobody's real customer saw."""
    page = tmp_path / "report.html"

    sized = ["--days", "1", "--customers", "60"]
    code = run(["rehearse", "broadband", *sized, "--json", "--html", str(page)])

    assert code == 0
    told = json.loads(capsys.readouterr().out)
    (side,) = told["sides"]
    assert (told["days"], told["customers"], told["versus"]) == (1, 60, None)
    assert side["terms"] > 0
    assert set(side["over_caps"].values()) == {0}
    assert side["outside_hours"]["not_allowed"] == 0
    assert side["own_past"]["why"]["en"].startswith("No day is finished here yet")
    assert "accounts" not in side
    assert "</html>" in page.read_text(encoding="utf-8")
    assert not Account.objects.exists()


def test_two_currencies_are_not_taken_from_one_another(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Margins in dollars less margins in yuan are no number; nothing is played."""
    for tag, told in (("en", "choose strategies of one currency"), ("zh-Hans", "请选同一币种")):
        monkeypatch.setenv("TENURE_LANG", tag)

        code = run(["rehearse", "saas", "--against", "small_business", "--days", "1"])

        assert code != 0
        assert told in capsys.readouterr().err


def a_side(name: str) -> dict[str, Any]:
    own = {
        "as_of": "2026-03-11", "rows": 900, "left_out": 40,
        **{one: {"value": 120.4, "deviation": 9.0, "low": -10.6, "high": 251.0}
           for one in ("dr", "ips", "snips", "past", "beyond_nothing")},
        "overlap": {"matching_rows": 300, "effective_rows": 150.4, "least_propensity": 0.025},
        "doubts": [{"column": "health", "arm": "coupon_20", "z": 9.0}], "choices": {},
    }  # fmt: skip
    bite = {"action": "coupon_20", "value": None, "count": 7}
    return {
        "strategy": name, "currency": "CNY", "terms": 30, "renewed": 12, "margin_minor": 51_300,
        "sent": {"marketing": 3}, "held_back": {"no_consent": 2, "cap_reminder_daily": 1},
        "over_caps": {"marketing_daily": 2},
        "outside_hours": {"forced": 1, "not_allowed": 0}, "complaints": 1, "opt_outs": 2,
        "decisions": {"withheld": 4, "reminder": 2}, "bites": {"holdout": bite},
        "budget_minor": 4_000_000,
        "used_minor": {"2026-03-01": 900}, "own_past": own,
    }  # fmt: skip


def test_the_report_says_everything_in_both_languages() -> None:
    strategy = preset("broadband")
    offer = next(one for one in strategy.offers.values() if one.is_discount)
    sides = [a_side("one"), a_side("other")]
    for side in sides:
        side["bites"]["holdout"]["action"] = offer.id
        side["own_past"]["doubts"][0]["arm"] = offer.id
    estimate = {"value": 3.0, "deviation": 1.0, "low": 1.0, "high": 5.0}
    report = {
        "business": "broadband", "customers": 60, "days": 5, "until": "2026-03-11", "sides": sides,
        "versus": {"accounts": 60, "differ": 9, "renewed": estimate, "margin_minor": estimate},
    }  # fmt: skip
    strategies = {"one": strategy, "other": strategy}

    lines = [line.say("en") for line in lines_of(report, strategies)]
    page = html_of(report, strategies, language="zh-Hans")

    assert (
        "Renewals more: +3 (+1.0 … +5.0); margin more: 0.03 CNY (0.01 CNY … 0.05 CNY)"
        in " ".join(lines)
    )
    assert any("was broken 2 times" in line for line in lines)
    assert any(
        line.startswith("Sent: Marketing message: 3. Held back: no consent") for line in lines
    )
    assert any("Reminder: 2" in line and "nothing could be given: 4" in line for line in lines)
    assert any("Complaints: 1. Took their permission" in line for line in lines)
    assert any(line.endswith("used 2026-03: 9.00 CNY.") for line in lines)
    assert [line for line in lines if "_" in line] == []
    assert "营销消息 3；未发：没有营销同意 2、触达上限" in page
    assert any("doubly robust 1.20 CNY (-0.11 CNY … 2.51 CNY)" in line for line in lines)
    assert any("“health” tells who got" in line for line in lines)
    assert "9 位结果不同" in page
    assert "被突破 2 次" in page
