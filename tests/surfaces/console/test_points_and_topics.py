"""Points, predicted value, topics of the week and complaints whose clock stands."""

from datetime import date, timedelta

import pytest

from tenure.kernel.clock import now
from tenure.kernel.periods import day_number
from tenure.records.loyalty.actions import Earned, Moment, earn
from tenure.records.loyalty.models import PointsLot
from tenure.records.service.models import TicketPause
from tenure.understand.voice.models import FoundTopic, TopicStudy
from tenure.warehouse.fills import Filled, complete
from tenure.warehouse.snapshots import take
from tenure.warehouse.tables.understanding import RISKS
from tests.builders import AS_OF, ZONE, a_ticket, an_account
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse, with_strategy

ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}


def test_points_are_given_used_and_taken_back_by_hand(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """G22, R-L-004: a debt is shown, and blocks; what points promise stands below (G21)."""
    client = sign_in("owner")
    an_account(external_id="C-1", name="王小明")

    def move(**more: str) -> str:
        told = {"account": "C-1", **more}
        return client.post("/points/move", told, follow=True, headers=ENGLISH).content.decode()

    assert "No points were given yet" in client.get("/points", headers=ENGLISH).content.decode()
    move(verb="give", ref="S-1", points="1000", paid="100.00", expires_on="2099-12-31")
    move(verb="redeem", ref="R-1", points="900")
    shown = move(verb="take_back", ref="S-1", once="a")

    assert "900 points are owed" in shown
    assert "−900" in move(verb="redeem", ref="R-2", points="1")
    assert "That cannot be read" in move(verb="give", ref="S-2", points="x", expires_on="2099-1-1")
    assert "No sale or redemption" in move(verb="return", ref="nothing")
    assert "Nobody has this" in client.get("/points?account=zz", headers=ENGLISH).content.decode()
    assert PointsLot.objects.get().left == 0
    assert "积分负债" in client.get("/points?worth=1&share=90", headers=CHINESE).content.decode()
    assert "That cannot be read" in client.get("/points?share=0", headers=ENGLISH).content.decode()
    assert sign_in("analyst").get("/points").status_code == 403


def test_points_stand_on_the_customers_page(broadband: Warehouse, sign_in: SignIn) -> None:
    """R-U-031: the balance, what ends next, and the way to what earned it."""
    account = an_account(external_id="C-1")
    place = f"/customers/{account.pk}/given"
    owner = sign_in("owner")
    before = owner.get(place, headers=ENGLISH).content.decode()
    earned = Earned(account.pk, "payment:P-7", 1_288, date(2099, 1, 1), 128_800)
    earn(earned, now=Moment(AS_OF, now(), "loop"))

    shown = owner.get(place, headers=ENGLISH).content.decode()
    unnamed = sign_in("analyst").get(place, headers=ENGLISH).content.decode()

    assert "points" not in before
    assert '<b class="num">1,288</b> points' in shown
    assert "1288 points expire on 2099-01-01." in shown
    assert "/points?account=C-1" in shown
    assert "C-1" not in unnamed


@pytest.fixture
def study(broadband: Warehouse) -> TopicStudy:
    week = date(2026, 3, 2)
    made = TopicStudy.objects.create(
        week=week, texts=600, unassigned=3, strategy_hash="0", made_at=now(),
        emerging=[{"topic": "equipment", "phrases": ["光猫闪红灯"], "texts": 14, "expected": 0.5,
                   "p_value": 0.0, "examples": ["光猫闪红灯上不了网"]}],
    )  # fmt: skip
    for rank, (key, topic, name) in enumerate(
        [("t1", "speed", "Speed (网速)"), ("t7", "", "退押金, 押金")], start=1
    ):
        FoundTopic.objects.create(
            study=made, key=key, rank=rank, name_zh=name, name_en=name, topic=topic, texts=300,
            customers=20, revenue_minor=1_000_00, complaining=0.4, is_new=key == "t7",
            phrases=["押金"], weeks={week.isoformat(): 25}, examples=["押金不退"], grams={},
        )  # fmt: skip
    return made


def test_found_topics_are_told_week_by_week(study: TopicStudy, sign_in: SignIn) -> None:
    """FBK-01, FBK-02: what is new first, then by revenue times frequency; links search in both."""
    client = sign_in("analyst")

    page = client.get("/voice/topics", headers=ENGLISH).content.decode()
    chinese = client.get("/voice/topics", headers=CHINESE).content.decode()

    assert page.index("光猫闪红灯") < page.index("Speed (网速)") < page.index("退押金")
    assert "14 texts, 0.5 expected" in page
    assert 'href="/voice?topic=speed"' in page
    assert "/voice?q=" in page
    assert "本周新冒出" in chinese
    assert (
        "No week has been studied"
        in client.get("/voice/topics?before=2026-01-01", headers=ENGLISH).content.decode()
    )
    hint = client.get("/voice?q=网速", headers=ENGLISH).content.decode()
    assert "About this in either language:" in hint
    assert "topic=speed" in hint


def test_the_clock_of_a_complaint_stands_while_the_customer_has_to_act(
    db: None, settings: object, tmp_path: object, sign_in: SignIn
) -> None:
    """FBK-05, G23: service hours of the strategy, and a pause that a person sets and ends."""
    with_strategy("saas")
    client = sign_in("owner")
    ticket = a_ticket(kind="complaint", opened_at=now() - timedelta(hours=1))
    address = f"/voice/why/{ticket.pk}/cause"

    before = client.get("/voice/why", headers=ENGLISH).content.decode()
    client.post(address, {"waits_for": "customer"})
    client.post(address, {"waits_for": "customer"})
    stands = client.get("/voice/why", headers=ENGLISH).content.decode()
    client.post(address, {"waits_for": "nobody"})

    assert "24 hours of service, 09:00 to 18:00" in before
    assert "waits for the customer" in stands
    pause = TicketPause.objects.get()
    assert pause.ended_at is not None
    assert pause.ended_at >= pause.began_at


def test_predicted_value_says_how_it_comes_about(broadband: Warehouse, sign_in: SignIn) -> None:
    """PRD-05: rank with explanation; before the first night a sentence."""
    client = sign_in("analyst")
    before = client.get("/customers/valued", headers=ENGLISH).content.decode()
    one = a_customer(p_lapse=0.4)
    finish_day(broadband, one)
    complete(Filled(RISKS.name, day_number(AS_OF), "1"), row_count=1, at=now())
    take(as_of=AS_OF, at=now(), zone=ZONE)

    page = client.get("/customers/valued", headers=ENGLISH).content.decode()

    assert "Nobody has been scored yet" in before
    assert f'href="/customers/{one.term.account_id}"' in page
    assert "60.0%" in page
    assert "Of 1 terms scored" in page
    assert "今后最有价值的客户" in client.get("/customers", headers=CHINESE).content.decode()
