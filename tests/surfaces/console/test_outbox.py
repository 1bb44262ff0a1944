"""The switch of all sending, where operators find it."""

from pathlib import Path
from typing import Any

from tenure.act.channels.models import Carriage, StaffNotice
from tenure.act.messages.queries import is_stopped
from tenure.kernel import clock
from tenure.records.contacts.states import MessageState
from tests.builders import AT, a_message
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}


def test_whoever_may_act_stops_all_sending_and_goes_on(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """GRD-01, R-U-037: how far it reaches, and one click for all; support cannot turn it."""
    finish_day(broadband, a_customer())
    operator, support = sign_in("operator"), sign_in("support")

    before = operator.get("/outbox", headers=ENGLISH).content.decode()
    refused = support.post("/outbox/switch", {"to": "stop"}).status_code
    assert not is_stopped()
    stopped = operator.post("/outbox/switch", {"to": "stop"}, follow=True, headers=ENGLISH)
    assert is_stopped()
    gone_on = operator.post("/outbox/switch", {"to": "go"}, follow=True, headers=ENGLISH)

    assert not is_stopped()
    assert refused == 403
    assert "In the next 24 hours up to" in before
    assert "Go on sending" in stopped.content.decode()
    assert "Stop all sending" in gone_on.content.decode()
    assert "Stop all sending" not in support.get("/outbox", headers=ENGLISH).content.decode()


def test_a_text_message_shows_its_segments_and_who_carried_it(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """CHN-02: what a text counts as, at whom it was, and under which number."""
    finish_day(broadband, a_customer())
    text = a_message(
        template="ends_soon",
        subject="",
        channel="sms",
        body="【澜江宽带】" + "续" * 70,
        state=MessageState.SENT,
        sent_at=AT,
    )
    Carriage.objects.create(
        message=text, attempt=0, provider="aliyun", provider_id="AL1^0", outcome="accepted",
        segments=2, opened_at=AT,
    )  # fmt: skip
    operator = sign_in("operator")

    listed = operator.get("/outbox", headers=ENGLISH).content.decode()
    shown = operator.get(f"/outbox/{text.pk}", headers=ENGLISH).content.decode()

    assert "2 segments" in listed
    assert "Ends soon" in listed
    assert "76 characters, 2 segments" in shown
    assert "aliyun · Accepted" in shown
    assert "AL1^0" in shown


def test_the_outbox_shows_what_each_provider_did_or_what_is_missing(
    broadband: Warehouse, sign_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    """Channels: state, doubts and missing credentials, where operators look."""
    finish_day(broadband, a_customer())
    settings.TENURE_CHANNELS = tmp_path / "channels.toml"
    operator = sign_in("operator")
    settings.TENURE_CHANNELS.write_text('[dingtalk]\ntoken = "t"\n', encoding="utf-8")
    missing = operator.get("/outbox", headers=ENGLISH).content.decode()
    settings.TENURE_CHANNELS.write_text(
        '[dingtalk]\ntoken = "t"\nsecret = "secret-of-dingtalk"\n', encoding="utf-8"
    )
    StaffNotice.objects.create(
        once_key="1", channel="dingtalk", text="x", outcome=StaffNotice.Outcome.IN_DOUBT,
        written_at=clock.now(), send_after=clock.now(),
    )  # fmt: skip
    page = operator.get("/outbox", headers=ENGLISH).content.decode()

    assert "secret is missing" in missing
    assert "3 providers carry messages beside e-mail" in page
    assert "own people" in page
    assert "secret-of-dingtalk" not in page
