"""The voice of the customer in the console: FBK-01, FBK-02, FBK-05, DAT-07, CHR-01, CHR-02."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.kernel.clock import now
from tenure.records.cancellations.models import Cancellation
from tenure.records.cancellations.states import CancellationState
from tenure.records.feedback.asking import Written, record_post
from tenure.records.feedback.models import Invitation, LossReason, TicketCause
from tenure.records.service.models import Ticket
from tenure.records.subscriptions.models import Term
from tests.builders import a_loss_reason, a_term, a_ticket, an_account, an_answer
from tests.surfaces.conftest import SignIn
from tests.understand.warehouses import Warehouse

ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}
MOST_QUERIES = 12


@pytest.fixture
def term(broadband: Warehouse) -> Term:
    """A customer for 1,069.20 a year, who said things in every place."""
    on = now().date()
    account = an_account(name="王小明")
    term = a_term(account=account, cycle_months=12, price_minor=106_920, ends_on=on + timedelta(60))
    an_answer(account=account, text="网速太慢，电话13800138000", score=2, answered_on=on)
    a_ticket(account=account, kind="complaint", subject="Slow speed at night",
             opened_at=now() - timedelta(hours=80))  # fmt: skip
    a_loss_reason(term=term, source="survey", reason="price", text="账单多扣", given_on=on)
    post = Written("forum", "1", "同感，测速只有一半", on)
    record_post(post, at=now(), by="test")
    return term


def test_one_list_holds_every_place_and_finds_both_languages_by_topic(
    term: Term, sign_in: SignIn
) -> None:
    """FBK-01, DAT-07: linked to the customer, searchable by topic and words; I4: masked."""
    client = sign_in("owner")
    client.get("/voice")

    with CaptureQueriesContext(connection) as asked:
        whole = client.get("/voice", headers=ENGLISH).content.decode()
    speed = client.get("/voice?topic=speed", headers=CHINESE).content.decode()
    words = client.get("/voice?q=账单", headers=CHINESE).content.decode()

    assert len(asked) <= MOST_QUERIES, len(asked)
    assert "[number]" in whole
    assert "13800138000" not in whole
    assert f'href="/customers/{term.account_id}"' in whole
    assert all(said in speed for said in ("网速太慢", "Slow speed at night", "测速只有一半"))
    assert "账单多扣" not in speed
    assert "账单多扣" in words
    assert "Slow speed" not in words
    # FBK-02: speed was said three times by whoever pays most.
    assert whole.index("Speed") < whole.index("Billing")
    analyst = sign_in("analyst").get("/voice", headers=CHINESE).content.decode()
    assert "王小明" not in analyst


def test_causes_are_ranked_by_what_went_and_whoever_knows_most_is_believed(
    term: Term, sign_in: SignIn
) -> None:
    """CHR-01, CHR-02: the exit survey, an interview and the cancel flow fill one table."""
    client = sign_in("owner")
    cheap = a_term(account=an_account(), cycle_months=1, price_minor=1_000)
    Cancellation.objects.create(
        public_id="can_1", account=cheap.account, subscription=cheap.subscription, term=cheap,
        state=CancellationState.CONFIRMED, channel="portal", language="en", jurisdiction="CN",
        policy_version="1", strategy_hash="0", started_at=now(), started_on=now().date(),
        settled_at=now(), settled_on=now().date(), reason="fault", stop="at_end",
        ends_on=now().date(), declaration="x",
    )  # fmt: skip

    with CaptureQueriesContext(connection) as asked:
        before = client.get("/voice/why", headers=ENGLISH).content.decode()
    form = {
        "number": term.account.external_id, "reason": "service_quality", "wanted": "上网",
        "instead": "别家", "back": "13800138000",
    }  # fmt: skip
    client.post("/voice/why/interview", form)
    after = client.get("/voice/why", headers=ENGLISH).content.decode()

    assert len(asked) <= MOST_QUERIES, len(asked)
    table = before[before.index("Terms lost") : before.index("Note of an interview")]
    assert "¥1,069.20" in table
    assert table.index("too expensive") < table.index("faults were not repaired")
    assert "¥120" in table
    told = LossReason.objects.get(source="interview")
    assert (told.reason, told.text) == ("service_quality", "上网 / 别家 / [number]")
    table = after[after.index("Terms lost") : after.index("Note of an interview")]
    assert "poor network quality" in table
    assert "too expensive" not in table


def test_a_complaint_has_a_clock_and_a_root_and_a_trend(term: Term, sign_in: SignIn) -> None:
    """FBK-05."""
    ticket = Ticket.objects.get()
    client = sign_in("owner")

    page = client.get("/voice/why", headers=ENGLISH).content.decode()
    form = {"reason": "service_quality", "settled": "yes"}
    client.post(f"/voice/why/{ticket.pk}/cause", form)
    client.post(f"/voice/why/{ticket.pk}/cause", form)
    done = client.get("/voice/why", headers=ENGLISH).content.decode()

    assert ">late<" in page
    cause = TicketCause.objects.get()
    assert (cause.ticket_id, cause.reason) == (ticket.pk, "service_quality")
    ticket.refresh_from_db()
    assert ticket.resolved_at == now()
    assert "No complaint is open" in done
    assert "Roots found" in done
    refused = sign_in("analyst").post(f"/voice/why/{ticket.pk}/cause", form)
    assert refused.status_code == 403


def test_a_round_is_opened_on_its_page_and_its_figures_come_with_n(
    term: Term, sign_in: SignIn
) -> None:
    """SUR-01, MET-06."""
    client = sign_in("owner")

    client.post("/voice/surveys/open", {"survey": "nps", "days": "14"})
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/voice/surveys", headers=ENGLISH).content.decode()
    again = client.post("/voice/surveys/open", {"survey": "nothing"}, follow=True, headers=ENGLISH)

    assert len(asked) <= MOST_QUERIES, len(asked)
    assert Invitation.objects.count() == 1
    assert "shown from 5 answers" in page
    assert "There is no survey “nothing”" in again.content.decode()
