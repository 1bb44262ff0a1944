"""The page of personal plans, and choosing again from the customer's page and the shell."""

import json

import pytest
from django.test import Client

from tenure.decide.decisions.models import Decision
from tenure.decide.proposals.models import Proposal
from tenure.surfaces.cli import main
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.console.test_experiments import CHINESE, ENGLISH
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse


@pytest.fixture
def operator(broadband: Warehouse, sign_in: SignIn) -> Client:
    """Somebody who may act, on the morning after a day with two who waver."""
    finish_day(broadband, *[a_customer(p_lapse=p, account={"phone": f"138000{p * 1e5:05.0f}"})
                            for p in (0.4, 0.6)])  # fmt: skip
    return sign_in("operator")


def test_plans_are_proposed_changed_and_approved_on_one_page(operator: Client) -> None:
    """AI-01: inputs are named, nothing goes out before, and the log tells who agreed."""
    proposed = operator.post("/plans/propose", follow=True, headers=ENGLISH).content.decode()

    assert "2 plans were proposed; nothing was sent." in proposed
    assert "Who gets a person" in proposed
    plan = Proposal.objects.first()
    assert plan is not None
    before = Decision.objects.count()
    form = {"action": "reminder", "channel": "", "send_on": str(plan.send_on), "do": "approve"}
    approved = operator.post(f"/plans/{plan.pk}", form, follow=True, headers=ENGLISH)
    text = approved.content.decode()
    assert "Approved: it goes out on its day." in text, text[:3000]
    assert Decision.objects.count() == before + 1
    assert "个人方案" in operator.get("/plans", headers=CHINESE).content.decode()


def test_only_who_acts_proposes(broadband: Warehouse, sign_in: SignIn) -> None:
    finish_day(broadband, a_customer())

    assert sign_in("analyst").get("/plans").status_code == 403
    assert sign_in("support").post("/plans/propose").status_code == 403
    assert not Proposal.objects.exists()


def test_a_past_choice_is_made_again_from_the_page_and_the_shell(
    operator: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """TOP-09, TOP-10: replay of any past decision gives the same decision."""
    monkeypatch.setenv("TENURE_LANG", "en")
    decision = Decision.objects.first()
    assert decision is not None

    page = operator.get(f"/decisions/{decision.pk}/replay", follow=True, headers=ENGLISH)
    code = main.run(["decisions", "replay", str(decision.pk), "--json"])
    told = json.loads(capsys.readouterr().out)

    assert "exactly as then" in page.content.decode()
    assert (code, told["is_same"], told["now"]["action"]) == (0, True, decision.action)
    assert main.run(["decisions", "replay", "999999"]) == 2
    assert "no decision 999999" in capsys.readouterr().err


def test_a_campaign_of_the_same_night_stands_in_no_replay_and_is_not_replayed(
    operator: Client,
) -> None:
    """Both are in the log with the same instant, and only one was the choosing of the day."""
    decision = Decision.objects.first()
    assert decision is not None
    offered = Decision.objects.get(pk=decision.pk)
    offered.pk, offered.journey, offered.step = None, "campaign-renewal-month", "offer"
    offered.save(force_insert=True)

    again = operator.get(f"/decisions/{decision.pk}/replay", follow=True, headers=ENGLISH)
    refused = operator.get(f"/decisions/{offered.pk}/replay", follow=True, headers=ENGLISH)

    assert "exactly as then" in again.content.decode()
    assert "made by a campaign or a personal plan" in refused.content.decode()
