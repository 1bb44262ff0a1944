"""The page of retention: table, next run, last counts, legal holds (R-P-036, R-I-012)."""

import re
from datetime import timedelta

from tenure.act.retention.actions import enforce
from tenure.records.contacts.states import MessageState
from tenure.records.retention.models import LegalHold
from tests.builders import AS_OF, a_message, a_term, an_account, at_on
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import MORNING, finish_day
from tests.understand.warehouses import Warehouse

ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}


def test_the_page_tells_the_table_the_next_night_and_what_the_last_let_go(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    on = AS_OF
    finish_day(broadband)
    old = a_message(planned_at=at_on(on - timedelta(days=500)), state=MessageState.SENT)
    enforce(as_of=on, at=MORNING)
    client = sign_in("owner")

    page = client.get("/retention", headers=ENGLISH).content.decode()
    chinese = client.get("/retention", headers=CHINESE).content.decode()
    message = client.get(f"/outbox/{old.pk}", headers=ENGLISH).content.decode()

    assert "texts of messages" in page
    assert "13 months" in page
    assert "360 months" in page
    plain = re.sub(r"</?time[^>]*>", "", page)
    assert f"Next night: {on + timedelta(days=2)} 02:00" in plain
    assert "消息正文" in chinese
    assert "360 个月" in chinese
    assert "Its text is no longer kept" in message
    assert sign_in("analyst").get("/retention").status_code == 403


def test_a_hold_is_placed_by_number_with_a_reason_and_lifted_again(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """R-I-012."""
    client = sign_in("owner")
    account = an_account(external_id="C-7", name="王小明")
    a_term(account=account)

    def hold(**given: str) -> str:
        return client.post("/retention/hold", given, follow=True, headers=ENGLISH).content.decode()

    assert "Not one customer has this number" in hold(customer="C-8", reason="x")
    assert "Not one customer has this number" in hold(customer="\x00", reason="x")
    assert "Say why" in hold(customer="C-7", reason=" ")
    assert LegalHold.objects.count() == 0
    assert "Held" in hold(customer="C-7", reason="a dispute")
    hold(customer="C-7", reason="clicked twice")
    held = LegalHold.objects.get()
    assert held.reason == "a dispute"
    assert "王小明" in client.get("/retention", headers=ENGLISH).content.decode()
    assert sign_in("support").post(f"/retention/{held.pk}/lift").status_code == 403
    for _ in range(2):
        assert client.post(f"/retention/{held.pk}/lift").status_code == 302
    held.refresh_from_db()
    assert held.lifted_at is not None
    assert client.post("/retention/999999/lift").status_code == 404
