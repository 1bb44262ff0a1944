"""The three public data sets are imported by mappings alone, and the loop runs on each.

They are not part of the repository; `conftest.py` says where they are looked for. Every count is
held against their published description. What needs no data stands in `test_mappings.py`.
"""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tenure.observe.intake.models import InboxEvent
from tenure.records.catalog.models import Entitlement
from tenure.records.customers.models import Account
from tenure.records.feedback.models import Answer, LossReason
from tenure.records.service.models import Ticket
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import live_terms
from tenure.surfaces.cli.main import run
from tests.examples.conftest import DATA

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FOLDERS = {
    "ravenstack": "ravenstack_saas",
    "telco": "telco_ibm",
    "megaline": "megaline_usage",
}


@pytest.fixture
def home(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.TENURE_HOME = tmp_path
    monkeypatch.setenv("TENURE_LANG", "en")
    return tmp_path


def taken(name: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Import a set twice; what the first import said, after the second changed nothing."""
    words = [
        "import",
        str(DATA / FOLDERS[name]),
        "--mapping",
        str(EXAMPLES / name / "mapping.toml"),
    ]
    capsys.readouterr()
    assert run([*words, "--strict", "--json"]) == 0
    first: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert run([*words, "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["stored"], again["rejected"]) == (0, 0)
    assert again["unchanged"] == again["read"] == first["read"]
    return first


def ran(as_of: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Run the loop for a day twice; what the first run said, after the second changed nothing."""
    assert run(["run", "--as-of", as_of, "--json"]) == 0
    first: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert run(["run", "--as-of", as_of, "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["was_done"]
    assert again["understand"] == first["understand"]
    return first


def mrr(as_of: date) -> tuple[int, int]:
    """Monthly recurring revenue in whole units, and the accounts behind it."""
    rows = list(live_terms(as_of=as_of).values_list("price_minor", "cycle_months", "account_id"))
    return sum(price // months for price, months, _ in rows) // 100, len({one for *_, one in rows})


@pytest.mark.slow
@pytest.mark.usefixtures("home")
def test_ravenstack(capsys: pytest.CaptureFixture[str]) -> None:
    """Five tables, several subscriptions an account, CR LF, ended ones among them."""
    done = taken("ravenstack", capsys)

    assert done["strategy_applied"] == "saas"
    assert done["rows"] == {
        "account": {"new": 500, "changed": 0, "same": 0},
        "person": {"new": 500, "changed": 0, "same": 0},
        "subscription": {"new": 5_000, "changed": 0, "same": 0},
        "event": {"new": 25_000, "changed": 0, "same": 0},
        "ticket": {"new": 2_000, "changed": 0, "same": 0},
        "answer": {"new": 1_175, "changed": 0, "same": 0},  # 825 tickets have no score
        "cancellation": {"new": 600, "changed": 0, "same": 0},
    }
    assert Account.objects.count() == 500
    assert Subscription.objects.filter(state="ended", end_kind="voluntary").count() == 486
    assert Term.objects.filter(state="running").count() == 4_514
    assert (Ticket.objects.count(), Answer.objects.count()) == (2_000, 1_175)
    assert LossReason.objects.filter(reason="price").count() == 91 + 104
    assert InboxEvent.objects.count() == 25_000
    # The published figures: start ≤ day, end empty or later.
    assert mrr(date(2023, 12, 31)) == (1_262_113, 190)
    assert mrr(date(2024, 6, 30)) == (3_833_405, 337)
    assert mrr(date(2024, 12, 31)) == (10_159_608, 500)

    day = ran("2024-12-31", capsys)
    assert day["understand"]["live"] == day["understand"]["scored"] == 4_514
    assert day["decide"]["chosen"] + day["decide"]["withheld"] > 0


@pytest.mark.slow
@pytest.mark.usefixtures("home")
def test_telco(capsys: pytest.CaptureFixture[str]) -> None:
    """One flat table without a date: starts follow from the months and the day of the mapping."""
    done = taken("telco", capsys)

    assert (done["read"], done["stored"]) == (7_043, 7_043)
    left = Term.objects.filter(state="cancelled")
    assert (left.count(), set(left.values_list("closed_on", flat=True))) == (
        1_869,
        {date(2019, 6, 1)},
    )
    cycles = Counter(Subscription.objects.values_list("cycle_months", flat=True))
    assert cycles == {1: 3_875, 12: 1_473, 24: 1_695}
    assert Account.objects.filter(started_on=date(2019, 6, 1)).count() == 11  # tenure 0
    last = Term.objects.exclude(state="renewed")
    charges = sum(
        price // months for price, months in last.values_list("price_minor", "cycle_months")
    )
    assert charges == 45_611_660
    lost = sum(price // months for price, months in left.values_list("price_minor", "cycle_months"))
    assert lost == 13_913_085

    day = ran("2019-06-01", capsys)
    assert day["understand"]["live"] == 7_043 - 1_869
    assert day["decide"]["chosen"] + day["decide"]["withheld"] > 0


@pytest.mark.slow
@pytest.mark.usefixtures("home")
def test_megaline(capsys: pytest.CaptureFixture[str]) -> None:
    """dd/mm/yyyy, prices in a second file, megabytes and minutes, 318,611 usage records."""
    done = taken("megaline", capsys)

    assert done["rows"]["event"] == {"new": 318_611, "changed": 0, "same": 0}
    assert done["read"] == 318_611 + 500 + 2
    plans = Counter(Subscription.objects.values_list("plan_version__plan__code", flat=True))
    assert plans == {"surf": 339, "ultimate": 161}
    prices = set(Term.objects.values_list("plan_version__plan__code", "price_minor"))
    assert prices == {("surf", 2_000), ("ultimate", 7_000)}
    assert Subscription.objects.filter(state="ended").count() == 34
    included = Entitlement.objects.get(code="traffic", plan_version__plan__code="surf")
    assert (included.quantity, included.unit) == (15_360, "MB")
    net = InboxEvent.objects.get(message_id="net-1000_13")
    properties = json.loads(net.raw)["properties"]
    assert (net.name, properties["meter"]) == ("Usage Recorded", "gb")
    assert properties["amount"] == pytest.approx(89.86 / 1024)
    calls = InboxEvent.objects.filter(message_id__startswith="call-").values("account").distinct()
    assert calls.count() == 481

    day = ran("2018-12-31", capsys)
    assert day["understand"]["live"] == 500 - 34
