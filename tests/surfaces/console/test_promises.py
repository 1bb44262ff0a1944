"""OFR-15, OFR-19, GRD-01, TOP-06: promises, stock, withdrawal, guardrails and the second person."""

from datetime import timedelta

from tenure.decide.decisions.approvals.models import Approval
from tenure.records.stock.actions import NewPromise, owe, promise
from tenure.records.stock.models import Promise, Stock, Withdrawal
from tenure.records.strategies.queries import current
from tests.builders import AS_OF, AT, a_term, day
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}


def an_owed_point() -> Promise:
    term, strategy = a_term(), current()
    new = NewPromise(
        strategy.at(AS_OF).offers["wifi_point"], term.account_id, term.pk, expires_on=day(14),
        strategy_hash=strategy.hash, once_key="k",
    )  # fmt: skip
    one = promise(new, on=AS_OF, at=AT, by="loop")
    return owe(one.pk, due_on=day(-1), on=AS_OF, at=AT, by="loop")


def test_promises_are_handed_over_stocked_and_withdrawn_on_one_page(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    finish_day(broadband, a_customer())
    one, client = an_owed_point(), sign_in("operator")

    page = client.get("/promises", headers=ENGLISH).content.decode()
    assert "A Wi-Fi 6 mesh point" in page
    assert "199 / 200" in page
    failed = {"deed": "failed", "why": "wrong address"}
    client.post(f"/promises/{one.pk}", failed, headers=ENGLISH)
    assert "wrong address" in client.get("/promises", headers=ENGLISH).content.decode()
    client.post(f"/promises/{one.pk}", {"deed": "again"}, headers=ENGLISH)
    client.post(f"/promises/{one.pk}", {"deed": "done"}, headers=ENGLISH)
    client.post("/promises/stock", {"offer": "wifi_point", "total": "0"}, headers=ENGLISH)
    client.post("/promises/stock", {"offer": "wifi_point", "total": "5"}, headers=ENGLISH)
    client.post("/promises/offer", {"offer": "wifi_point", "reason": "none left"}, headers=ENGLISH)

    one.refresh_from_db()
    assert one.state == "done"
    assert Stock.objects.get(offer_id="wifi_point").total == 5
    assert Withdrawal.objects.get().reason == "none left"
    page = client.get("/promises?state=done", headers=ENGLISH).content.decode()
    assert "none left" in page
    assert client.post("/promises/offer", {"offer": "nothing", "reason": "x"}).status_code == 302
    assert client.post(f"/promises/{one.pk}", {"deed": "burn"}).status_code == 400
    assert client.post("/promises/stock", {"offer": "coupon_30", "total": "5"}).status_code == 400


def test_who_may_not_act_sees_no_deed(broadband: Warehouse, sign_in: SignIn) -> None:
    finish_day(broadband, a_customer())
    one, client = an_owed_point(), sign_in("support")

    page = client.get("/promises", headers=ENGLISH).content.decode()

    assert "mesh point" in page
    assert 'name="deed"' not in page
    assert client.post(f"/promises/{one.pk}", {"deed": "done"}).status_code == 403


def test_a_page_tells_each_line_and_what_waits_for_a_second_person(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """GRD-01, TOP-06: reason, tests and bites of a line; the reach before anything leaves."""
    finish_day(broadband, a_customer())
    one = Approval.objects.create(
        as_of=AS_OF, at=AT + timedelta(hours=1), journeys=["annual_renewal"], cost_minor=13_515,
        limit_minor=10_000, currency="CNY", state="waiting", asked_by="test",
        expires_on=day(3650), reach={"customers": 3, "terms": 3, "most_minor": 13_515,
                                     "actions": {"engineer_hour": {"count": 3, "cost_minor": 1}}},
    )  # fmt: skip
    client = sign_in("operator")

    page = client.get("/decisions/guardrails", headers=ENGLISH).content.decode()
    assert "nothing of them has left" in page
    assert "What remains has to pay for the service" in page
    client.post(f"/decisions/{one.pk}/approval", {"do": "reject"}, headers=ENGLISH)

    one.refresh_from_db()
    assert one.state == "rejected"
