"""CHN-09: the operator's page of meetings, cards, and who brought whom."""

import pytest

from tenure.records.salons.models import GiftCard, Salon, SalonGuest
from tests.builders import an_account
from tests.surfaces.conftest import SignIn
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}
MEETING = {"key": "spring", "name": "Spring", "place": "Wanglan", "on": "2026-06-20", "cost": "300"}


def test_a_meeting_is_written_down_with_guests_and_a_card(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    client, account = sign_in("operator"), an_account(external_id="A1", name="Li")

    client.post("/meetings/hold", MEETING)
    salon = Salon.objects.get()
    told = client.post(
        f"/meetings/{salon.pk}/invite", {"numbers": "A1\nA9"}, follow=True, headers=ENGLISH
    )
    guest = SalonGuest.objects.get()
    client.post(f"/meetings/guests/{guest.pk}", {"verb": "came"})
    client.post(
        "/meetings/cards/issue",
        {"number": "K-1000", "account": "A1", "value": "50", "salon": "spring"},
    )
    client.post("/meetings/cards/move", {"number": "K-1000", "verb": "hand"})
    page = client.get("/meetings", headers=ENGLISH).content.decode()

    assert "Nobody has these numbers: A9" in told.content.decode()
    assert SalonGuest.objects.get().state == "came"
    assert (GiftCard.objects.get().state, GiftCard.objects.get().account) == ("handed", account)
    assert "Spring" in page
    assert "K-1000" in page
    assert "no effect of the meeting" in page


@pytest.mark.parametrize("role", ["analyst", "support"])
def test_who_may_not_act_writes_nothing(broadband: Warehouse, sign_in: SignIn, role: str) -> None:
    assert sign_in(role).post("/meetings/hold", MEETING).status_code == 403
    assert Salon.objects.count() == 0


def test_what_cannot_be_is_told_or_refused(broadband: Warehouse, sign_in: SignIn) -> None:
    client = sign_in("operator")

    bad = client.post("/meetings/hold", {**MEETING, "cost": "x"}, follow=True, headers=ENGLISH)
    day = client.post("/meetings/hold", {**MEETING, "on": "soon"})
    verb = client.post("/meetings/cards/move", {"number": "K", "verb": "burn"})

    assert bad.status_code == 200
    assert (day.status_code, verb.status_code) == (400, 400)
    assert Salon.objects.count() == 0
