"""Of R-U-045: one line a kind of notice, muted by whoever does not want it, for nobody else.

Alerts leave by DingTalk, Feishu, WeCom, webhooks and e-mail (tests/act/alerts) elsewhere.
"""

import pytest

from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tests.builders import AS_OF, AT, day
from tests.surfaces.conftest import SignIn
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def told(broadband: Warehouse) -> None:
    for number in range(7):
        fact = Fact("metric.alerted", on=AS_OF, content={"n": number})
        append(fact, at=AT, by="loop")
    append(Fact("sending.stopped", on=day(-60)), at=AT, by="user:1")
    append(Fact("term.renewed", on=AS_OF), at=AT, by="loop")


def test_seven_of_a_kind_are_one_line_that_leads_to_its_page(told: None, sign_in: SignIn) -> None:
    client = sign_in("operator")

    page = client.get("/notices", headers=ENGLISH).content.decode()
    chinese = client.get("/notices").content.decode()

    assert '<a href="/figures">A metric changed beyond noise: see Metrics</a>' in page
    assert "× 7" in page
    assert page.count('<li><span class="num"><time') == 5
    assert "All sending was switched off" not in page
    assert "No room of the staff listens" in page
    assert "一项指标出现异常变化" in chinese


def test_what_is_muted_is_muted_for_one_and_shown_again(told: None, sign_in: SignIn) -> None:
    mine, other = sign_in("operator"), sign_in("analyst")

    for _ in range(2):
        mine.post("/notices/mute", {"kind": "metric.alerted"})
    muted = mine.get("/notices", headers=ENGLISH).content.decode()
    others = other.get("/notices", headers=ENGLISH).content.decode()
    mine.post("/notices/mute", {"kind": "metric.alerted", "do": "show"})
    again = mine.get("/notices", headers=ENGLISH).content.decode()

    assert "Nothing that you want to know of happened." in muted
    assert "Muted by you" in muted
    assert "Mute for me" in others
    assert "Mute for me" in again
    kinds = Entry.objects.filter(kind__startswith="notice.").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == ["notice.muted", "notice.unmuted"]


def test_what_is_no_notice_cannot_be_muted(told: None, sign_in: SignIn) -> None:
    assert sign_in("operator").post("/notices/mute", {"kind": "term.renewed"}).status_code == 400


def test_who_asks_is_told_by_mail_and_nobody_else(broadband: Warehouse, sign_in: SignIn) -> None:
    """R-U-045: asked for by oneself, for oneself; no address enters the journal."""
    mine, other = sign_in("operator"), sign_in("analyst")

    refused = mine.post("/notices/mail", {"address": "nowhere"}, follow=True, headers=ENGLISH)
    for _ in range(2):
        mine.post("/notices/mail", {"address": "ann@example.com"})
    page = mine.get("/notices", headers=ENGLISH).content.decode()
    others = other.get("/notices", headers=ENGLISH).content.decode()
    mine.post("/notices/mail", {"address": "ann@example.com", "do": "end"})
    after = mine.get("/notices", headers=ENGLISH).content.decode()

    assert "no address that mail can be sent to" in refused.content.decode()
    assert "goes to ann@example.com" in page
    assert "ann@example.com" not in others + after
    entries = Entry.objects.filter(kind__startswith="notice.mail")
    assert list(entries.order_by("pk").values_list("kind", "content")) == [
        ("notice.mail_asked", {}),
        ("notice.mail_ended", {}),
    ]
