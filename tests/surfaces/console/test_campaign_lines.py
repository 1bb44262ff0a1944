"""CMP-05, CMP-06 on the console: deeds named as deeds, and the price of a renewal more."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from tenure.records.campaigns.models import CampaignLine
from tenure.records.subscriptions.models import Term
from tests.decide.decisions.deciding import a_customer, change_strategy
from tests.prove.campaigns.test_evaluations import live_through
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

CHINESE, ENGLISH = {"Accept-Language": "zh"}, {"Accept-Language": "en"}
MOST_QUERIES = 16


@pytest.fixture
def campaign(broadband: Warehouse) -> str:
    """Eight of eight treated renewed for 5.05 each, none of four others, two months ago."""
    finish_day(broadband, a_customer())
    known = set(Term.objects.values_list("pk", flat=True))
    found = live_through(treated=8, control=4, renewed=(8, 0))
    CampaignLine.objects.create(campaign=found, name="热线", planned_minor=10_000)
    ago = timedelta(days=60)
    Term.objects.exclude(pk__in=known).order_by("number").update(
        starts_on=F("starts_on") - ago, ends_on=F("ends_on") - ago
    )
    Term.objects.exclude(renewed_on=None).update(renewed_on=F("ends_on"))
    return found.key


def test_work_is_marked_as_done_by_a_deed(campaign: str, sign_in: SignIn) -> None:
    client = sign_in("operator")

    chinese, english = (
        client.get(f"/campaigns/{campaign}", headers=one).content.decode()
        for one in (CHINESE, ENGLISH)
    )
    client.post(f"/campaigns/{campaign}/done", {"task": "1"})
    after = client.get(f"/campaigns/{campaign}", headers=CHINESE).content.decode()

    assert ">标记完成</button>" in chinese
    assert 'aria-label="把“task 1”标记完成"' in chinese
    assert ">Mark as done</button>" in english
    assert 'aria-label="Mark “task 1” as done"' in english
    assert "已完成" in after
    assert "标记完成" not in after


def test_a_renewal_more_has_a_price_where_it_may_be_said(campaign: str, sign_in: SignIn) -> None:
    client = sign_in("analyst")

    few = {
        str(one): client.get(f"/campaigns/{campaign}", headers=one).content.decode()
        for one in (CHINESE, ENGLISH)
    }
    change_strategy({"experiments.toml": {"least_per_arm": 3}})
    with CaptureQueriesContext(connection) as asked:
        told = client.get(f"/campaigns/{campaign}", headers=CHINESE).content.decode()

    assert len(asked) <= MOST_QUERIES, [one["sql"] for one in asked]
    assert '<span class="t3">数据不足</span>' in few[str(CHINESE)]
    assert '<span class="t3">too few</span>' in few[str(ENGLISH)]
    assert "For each renewal more" in few[str(ENGLISH)]
    assert "每多续一户" in told
    assert '¥5.05<span class="sub">¥5.05 … ¥5.05</span>' in told
    assert "数据不足" not in told
