"""Rehearsals from the console: asked for once, told how far, and read as a whole."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tenure.records.journal.models import Entry
from tenure.surfaces import rehearsing
from tests.surfaces.conftest import SignIn
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}
ASKED = {"strategy": "broadband", "against": "", "market": "broadband", "days": "1",
         "customers": "50"}  # fmt: skip


@pytest.fixture
def operator(broadband: Warehouse, sign_in: SignIn) -> Client:
    return sign_in("operator")


def keep(home: Path, name: str, *, process: int, **files: Any) -> None:
    folder = home / rehearsing.FOLDER / name
    folder.mkdir(parents=True)
    (folder / "asked.json").write_text(json.dumps(ASKED | {"process": process}))
    for file, content in files.items():
        (folder / f"{file}.json").write_text(json.dumps(content))


def shown(client: Client, path: str) -> str:
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_one_is_started_in_a_process_of_its_own_and_a_second_is_refused(
    operator: Client, settings: Any
) -> None:
    """TOP-10: nothing of the business's own is touched; the journal says who asked for what."""
    answer = operator.post("/experiments/rehearsals/new", ASKED, headers=ENGLISH)

    [one] = rehearsing.rehearsals()
    process = one.asked["process"]
    assert answer["Location"] == f"/experiments/rehearsals/of/{one.name}"
    again = operator.post("/experiments/rehearsals/new", ASKED, headers=ENGLISH, follow=True)
    assert "is running already" in again.content.decode() or not one.is_running
    os.kill(process, 9)
    os.waitpid(process, 0)
    assert Entry.objects.get(kind="rehearsal.asked").content["strategy"] == "broadband"
    assert "did not come to its end" in shown(operator, answer["Location"])


def test_a_running_one_says_how_far_it_is(operator: Client, settings: Any) -> None:
    keep(Path(settings.TENURE_HOME), "20260612-090000", process=os.getpid(),
         progress={"done": 0.43, "what": {"zh": "", "en": ""}})  # fmt: skip

    page = shown(operator, "/experiments/rehearsals/of/20260612-090000")

    assert "43 % done" in page
    assert "43%" in shown(operator, "/experiments/rehearsals")
    assert operator.get("/experiments/rehearsals/of/nothing").status_code == 404


def a_side(strategy: str) -> dict[str, Any]:
    return {
        "strategy": strategy, "hash": "x" * 64, "currency": "CNY", "terms": 9, "renewed": 4,
        "margin_minor": 34_915, "sent": {"transactional": 5}, "held_back": {},
        "over_caps": {"marketing_daily": 0}, "outside_hours": {"forced": 0, "not_allowed": 0},
        "complaints": 2, "opt_outs": 1, "decisions": {"nothing": 4}, "budget_minor": 4_000_000,
        "bites": {"no_consent": {"action": "coupon_30", "value": None, "count": 3}},
        "used_minor": {}, "own_past": {"why": {"zh": "没有", "en": "No day is finished here."}},
    }  # fmt: skip


def test_the_whole_report_stands_on_its_page(operator: Client, settings: Any) -> None:
    """Renewals, margin, caps, hours, complaints and bites, and the one against the other."""
    home, name = Path(settings.TENURE_HOME), "20260612-100000"
    applied = str(home / rehearsing.FOLDER / name / "applied.json")
    more = {"value": 2.0, "deviation": 1.0, "low": 0.0, "high": 4.0}
    keep(home, name, process=0, report={
        "business": "broadband", "customers": 60, "seed": 1, "until": "2026-06-12", "days": 2,
        "sides": [a_side(applied), a_side("broadband")],
        "versus": {"accounts": 60, "differ": 3, "renewed": more, "margin_minor": more},
    })  # fmt: skip

    page = shown(operator, f"/experiments/rehearsals/of/{name}")

    for said in (
        "“applied” against “broadband”", "3 of 60 customers fare differently",
        "4 of 9 terms at stake renewed; their margin is 349.15 CNY",
        "Every contact cap was kept", "Sent outside the hours allowed: 0",
        "Complaints: 2. Took their permission for marketing back: 1.",
        "there is no consent to marketing", "No day is finished here.",
    ):  # fmt: skip
        assert said in page
    assert applied not in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"days": "31"}, "At most 30 days"),
        ({"customers": "much"}, "At most 30 days"),
        ({"strategy": "../../etc"}, "There is no ready strategy"),
        ({"market": "moon"}, "moon"),
        ({"against": "saas"}, "“broadband” counts in CNY and “saas” in USD"),
    ],
)
def test_what_cannot_be_rehearsed_is_told_and_nothing_starts(
    operator: Client, change: dict[str, str], told: str
) -> None:
    answer = operator.post(
        "/experiments/rehearsals/new", ASKED | change, headers=ENGLISH, follow=True
    )

    assert told in answer.content.decode()
    assert rehearsing.rehearsals() == []
    assert not Entry.objects.filter(kind="rehearsal.asked").exists()


def test_whoever_may_only_read_starts_nothing(broadband: Warehouse, sign_in: SignIn) -> None:
    analyst = sign_in("analyst")

    assert analyst.post("/experiments/rehearsals/new", ASKED).status_code == 403
    assert "The next rehearsal" not in shown(analyst, "/experiments/rehearsals")
