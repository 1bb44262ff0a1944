"""A campaign to nobody and to everybody: neither breaks, and each says how many and why."""

from typing import Any

import pytest

from tenure.act.campaigns.launching import launch, look
from tenure.act.campaigns.telling import tell_due
from tenure.decide.campaigns.actions import offer_due
from tenure.decide.decisions.models import Decision
from tenure.records.campaigns.models import Campaign
from tenure.records.campaigns.refusals import NotReady
from tenure.records.contacts.models import Message
from tests.builders import AS_OF, AT
from tests.decide.campaigns.test_offering import SILENT, believed, counted, several
from tests.decide.decisions.deciding import a_customer
from tests.records.campaigns.planning import a_plan
from tests.understand.warehouses import Warehouse


def told(journey: str = "campaign-spring") -> dict[str, int]:
    chosen = Decision.objects.filter(journey=journey, outcome="chosen").exclude(kind="nothing")
    return {"chosen": chosen.count(), "told": Message.objects.filter(journey=journey).count()}


def test_a_campaign_to_nobody_offers_nothing_and_ends_without_a_trace(
    broadband_anywhere: Warehouse,
) -> None:
    """Everybody of the segment is held out: the reach says so, and no night fails."""
    believed()
    held: dict[str, Any] = {**SILENT, "account": {"in_holdout": True}}
    counted(broadband_anywhere, a_customer(**held), a_customer(**held))
    a_plan(offers={"coupon_30": 3_010}, control_share=3_000)

    found = look("spring", on=AS_OF, at=AT).audience
    offered = [offer_due(as_of=AS_OF, at=AT) for _ in range(2)]
    planned = tell_due(as_of=AS_OF, at=AT)

    assert (len(found.people), found.left_out["holdout"]) == (0, 2)
    assert offered == [{"chosen": 0, "withheld": 0}] * 2
    assert (planned.due, planned.messages) == (0, 0)
    assert told() == {"chosen": 0, "told": 0}


def test_a_campaign_to_everybody_is_refused_and_told_to_choose(broadband: Warehouse) -> None:
    believed()
    counted(broadband, *several(6))
    a_plan(offers={"coupon_30": 9_030}, control_share=2_000)

    with pytest.raises(NotReady, match="a campaign to everybody pays those who renew anyway"):
        launch("spring", on=AS_OF, at=AT, by="user:1")

    assert Campaign.objects.get().state == "draft"
    assert offer_due(as_of=AS_OF, at=AT) == {"chosen": 0, "withheld": 0}


def test_a_campaign_to_nearly_everybody_keeps_within_its_money(broadband: Warehouse) -> None:
    """Money for three coupons and thirty customers: three are told once, all are accounted for."""
    believed()
    counted(broadband, *several(30), a_customer(**SILENT, term={"cycle_months": 3}))
    a_plan(offers={"coupon_30": 9_030}, control_share=2_000)
    launch("spring", on=AS_OF, at=AT, by="user:1")

    first = offer_due(as_of=AS_OF, at=AT)
    again = offer_due(as_of=AS_OF, at=AT)
    planned = [tell_due(as_of=AS_OF, at=AT) for _ in range(2)]

    decided = Decision.objects.filter(journey="campaign-spring")
    assert decided.count() == first["chosen"] + first["withheld"]
    assert again["chosen"] == 0
    assert 0 < told()["chosen"] <= 3
    assert planned[0].due == planned[0].messages + planned[0].calls + planned[0].excluded.total()
    assert told()["told"] == planned[0].messages == told()["chosen"]
    assert planned[1].messages == 0
