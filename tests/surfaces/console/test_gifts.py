"""OFR-03, OFR-17, OFR-18: the operator's page of presents and trials, and the why of a customer."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenure.act.benefits.trials import start_trial
from tenure.records.gifts.actions import Choice, Earned, choose, earn
from tenure.records.gifts.models import Gift, GiftCode, GiftStock
from tenure.records.gifts.rules import Address
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.actions import Won, settle_trial
from tenure.records.subscriptions.benefits.models import Benefit
from tests.builders import AS_OF, AT
from tests.decide.decisions.deciding import Customer, a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}


def a_chosen_gift(one: Customer) -> Gift:
    rule = current().benefits.gifts["router"]
    new = Earned(one.term.account_id, one.term.pk, AS_OF, f"gift:{one.term.pk}")
    gift = earn(new, [rule], at=AT, by="loop")
    assert gift is not None
    address = Address("王小明", "13800000000", "上海市 1 号")
    return choose(gift.public_id, Choice(rule, address), on=AS_OF, at=AT, by="customer")


def test_a_present_is_sent_from_the_page(broadband: Warehouse, sign_in: SignIn) -> None:
    one = a_customer()
    finish_day(broadband, one)
    gift, client = a_chosen_gift(one), sign_in("operator")

    page = client.get("/gifts", headers=ENGLISH).content.decode()
    moved = {"verb": "send", "tracking": "SF1"}
    client.post(f"/gifts/{gift.public_id}/move", moved, headers=ENGLISH)

    gift.refresh_from_db()
    assert "A Wi-Fi 6 router" in page
    assert "1 to send (CSV)" in page
    assert (gift.state, gift.tracking) == ("sent", "SF1")


def test_the_sheet_goes_out_and_comes_back(broadband: Warehouse, sign_in: SignIn) -> None:
    one = a_customer()
    finish_day(broadband, one)
    gift, client = a_chosen_gift(one), sign_in("operator")

    out = client.get("/gifts/sheet.csv").content.decode("utf-8-sig")
    back = f"number,state,tracking\n{gift.public_id},sent,SF9\nnobody,sent,\n"
    file = SimpleUploadedFile("back.csv", back.encode())
    page = client.post("/gifts/answer", {"file": file}, follow=True, headers=ENGLISH)

    gift.refresh_from_db()
    assert gift.public_id in out
    assert (gift.state, gift.tracking) == ("sent", "SF9")
    assert "Row 2: there is no present “nobody”" in page.content.decode()


def test_stock_is_set_and_codes_are_added(broadband: Warehouse, sign_in: SignIn) -> None:
    finish_day(broadband, a_customer())
    client = sign_in("operator")

    client.post("/gifts/stock", {"gift": "router", "total": "12"})
    client.post("/gifts/stock", {"gift": "video_month", "codes": "A\nB\nA\n"})
    wrong = client.post("/gifts/stock", {"gift": "router", "total": "-1"})

    assert GiftStock.objects.get().total == 12
    assert GiftCode.objects.count() == 2
    assert wrong.status_code == 400


@pytest.mark.parametrize("role", ["analyst", "support"])
def test_who_may_not_act_moves_nothing(broadband: Warehouse, sign_in: SignIn, role: str) -> None:
    one = a_customer()
    finish_day(broadband, one)
    gift = a_chosen_gift(one)

    answer = sign_in(role).post(f"/gifts/{gift.public_id}/move", {"verb": "send"})

    assert answer.status_code == 403
    assert Gift.objects.get().state == "open"


def test_trials_are_counted_on_the_page(broadband: Warehouse, sign_in: SignIn) -> None:
    """OFR-17: two begun, one bought, one not to be counted yet."""
    first, second = a_customer(), a_customer()
    finish_day(broadband, first, second)
    for one in (first, second):
        start_trial(one.term.subscription_id, "game_lane", on=AS_OF, at=AT, by="customer")
    trial = Benefit.objects.earliest("pk")
    settle_trial(trial.pk, Won("home_1000", AS_OF), on=AS_OF, at=AT, by="loop")

    page = sign_in("operator").get("/gifts", headers=ENGLISH).content.decode()

    row = page.partition("Try game acceleration</th>")[2].partition("</tr>")[0]
    cells = [one.partition("</td>")[0] for one in row.split('<td class="n">')[1:]]
    assert cells == ["2", "1", "0", "1", "100 %"]


def test_the_customer_page_says_what_is_given_and_why_not(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """WIN-01: never for a customer, and the operator reads so."""
    one = a_customer()
    finish_day(broadband, one)

    client, place = sign_in("operator"), f"/customers/{one.term.account_id}"
    whole = client.get(place, headers=ENGLISH).content.decode()
    html = client.get(f"{place}/given", headers=ENGLISH).content.decode()

    assert f'hx-get="{place}/given"' in whole
    assert "Given or not, and why" in html
    assert "a contract is running; the offer is for those who left" in html
