"""CMP-03: several audiences with their sizes, overlaps and expected value; the first one brings."""

import pytest

from tenure.act.campaigns.launching import launch, look
from tenure.records.campaigns.models import CampaignMember
from tenure.records.campaigns.refusals import BadCampaign, NotReady
from tenure.records.campaigns.rules import MOST_AUDIENCES
from tenure.records.stock.models import Stock
from tenure.records.subscriptions.models import Term
from tests.builders import AS_OF, AT
from tests.decide.campaigns.test_offering import SILENT, believed, counted, several
from tests.decide.decisions.deciding import a_customer
from tests.records.campaigns.planning import a_plan
from tests.understand.warehouses import Warehouse


def test_whom_two_audiences_hold_the_first_one_brings(broadband_anywhere: Warehouse) -> None:
    """Six at risk by the year, three safe by the year, two at risk by the quarter."""
    believed()
    both, safe = several(6), several(3, p_lapse=0.05)
    short = [a_customer(**SILENT, term={"cycle_months": 3}) for _ in range(2)]
    outside = a_customer(p_lapse=0.05, term={"cycle_months": 3})
    counted(broadband_anywhere, *both, *safe, *short, outside)
    a_plan(audiences=("at_risk", "yearly"), control_share=3_000)

    run = look("spring", on=AS_OF, at=AT)

    first, second = run.audience.each
    assert (first.segment, first.size, dict(first.shared), first.brought) == ("at_risk", 8, {}, 8)
    assert (second.size, dict(second.shared), second.brought) == (9, {"at_risk": 6}, 3)
    assert (run.audience.everyone, run.audience.size, len(run.audience.people)) == (12, 11, 11)
    worth = dict(Term.objects.values_list("pk", "price_minor"))
    assert second.at_stake_minor == sum(worth[one.term.pk] for one in safe)
    # What is expected of an audience is the sum of what its own customers are expected to add.
    assert run.offered.expected["at_risk"] > 0
    assert set(run.offered.expected) <= {"at_risk", "yearly"}

    launch("spring", on=AS_OF, at=AT, by="user:1")
    kept = dict(CampaignMember.objects.values_list("account", "audience"))
    assert kept == {
        **{one.term.account_id: "at_risk" for one in (*both, *short)},
        **{one.term.account_id: "yearly" for one in safe},
    }


def test_an_audience_that_was_not_counted_stops_the_launch(broadband: Warehouse) -> None:
    """A segment saved today has nobody yet: the list says so, whatever the others hold."""
    counted(broadband, *several(6), a_customer(**SILENT, term={"cycle_months": 3}))
    a_plan(audiences=("yearly", "saved_today"))

    run = look("spring", on=AS_OF, at=AT)

    assert run.audience.size is None
    with pytest.raises(NotReady):
        launch("spring", on=AS_OF, at=AT, by="user:1")


@pytest.mark.django_db
def test_more_audiences_than_anybody_reads_are_refused() -> None:
    names = [f"segment_{place}" for place in range(MOST_AUDIENCES + 1)]

    with pytest.raises(BadCampaign, match="choose at most 6 audiences"):
        a_plan(audiences=names)


def test_an_offer_that_has_run_out_stops_the_launch(broadband: Warehouse) -> None:
    """OFR-19: what is scarce and gone is named on the list, before anybody hears of it."""
    believed()
    counted(broadband, *several(6), a_customer(**SILENT, term={"cycle_months": 3}))
    a_plan(offers={"engineer_hour": 300_000}, control_share=3_000)
    before = {one.code: one.is_green for one in look("spring", on=AS_OF, at=AT).dry.checks}
    Stock.objects.create(
        offer_id="engineer_hour", period_on=AS_OF.replace(day=1), total=120, taken=120
    )

    after = {one.code: one.is_green for one in look("spring", on=AS_OF, at=AT).dry.checks}

    assert (before["stock"], after["stock"]) == (True, False)
    with pytest.raises(NotReady, match="stock up first"):
        launch("spring", on=AS_OF, at=AT, by="user:1")
