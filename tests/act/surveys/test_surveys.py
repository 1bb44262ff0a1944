"""Surveys in rounds: asked once and not too often, answered once, changed until closed (SUR-01)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tenure.act.messages.tokens import token_of
from tenure.act.surveys.actions import invite_due
from tenure.kernel.failures import Refusal
from tenure.records.contacts.models import Message
from tenure.records.feedback.asking import NothingAsks, Reply, WaveOpen, keep_reply, open_wave
from tenure.records.feedback.models import Answer, Invitation, LossReason
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply_strategy
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.loading import build, preset
from tests.builders import AS_OF, AT, a_term, an_account, day
from tests.strategy.documents import a_document, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def strategy() -> None:
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))


def asked_in(survey: str = "nps", *, days: int = 14) -> Invitation:
    """One customer with a term, asked in a round that opens today."""
    a_term(account=an_account(), ends_on=day(60))
    open_wave(survey, days=days, on=AS_OF, at=AT, by="test")
    assert invite_due(at=AT) == 1
    return Invitation.objects.select_related("wave").get()


def test_everybody_is_asked_once_a_round_and_by_no_survey_within_the_cool_down(
    strategy: None,
) -> None:
    asked_in("nps")
    open_wave("effort", days=14, on=AS_OF, at=AT, by="test")

    assert invite_due(at=AT) == 0
    # The longest cool-down of all surveys counts: 180 days.
    open_wave("intent", days=14, on=day(179), at=AT + timedelta(days=179), by="test")
    assert invite_due(at=AT + timedelta(days=179)) == 0
    assert invite_due(at=AT + timedelta(days=180)) == 1
    message = Message.objects.order_by("pk")[0]
    assert (message.template, message.message_class, message.journey) == (
        "survey_nps",
        "transactional",
        "survey",
    )
    assert Entry.objects.filter(kind="survey.asked").count() == 2


def test_a_strategy_from_before_surveys_were_sent_is_read_and_asks_nobody() -> None:
    """Its surveys name no message: every page stands, and a round is refused in one sentence."""
    document = a_document()
    for survey in at(document, ("surveys.toml", "survey")):
        survey.pop("message", None)
    apply_strategy(build(document), by="test", at=AT.replace(year=2020))

    with pytest.raises(NothingAsks, match=r"name one as message in surveys\.toml"):
        open_wave("nps", days=14, on=AS_OF, at=AT, by="test")

    assert invite_due(at=AT) == 0


def test_the_holdout_and_whoever_has_no_term_are_never_asked(strategy: None) -> None:
    a_term(account=an_account(holdout_bucket=0), ends_on=day(60))
    a_term(account=an_account(), ends_on=day(-60), state=TermState.LAPSED, closed_on=day(-53))

    open_wave("nps", days=14, on=AS_OF, at=AT, by="test")

    assert invite_due(at=AT) == 0


def test_the_survey_of_those_who_left_asks_them_alone(strategy: None) -> None:
    a_term(account=an_account(), ends_on=day(60))
    left = a_term(account=an_account(), ends_on=day(-9), state=TermState.LAPSED, closed_on=day(-2))
    undone = a_term(account=an_account(), ends_on=day(200), state=TermState.CANCELLED,
                    closed_on=day(-2))  # fmt: skip
    Term.objects.filter(pk=undone.pk).update(reversed_on=day(-2), sold_before_on=day(-2))

    open_wave("exit", days=14, on=AS_OF, at=AT, by="test")
    invite_due(at=AT)

    assert Invitation.objects.get().term_id == left.pk


def test_a_round_waits_for_the_one_before(strategy: None) -> None:
    first = open_wave("nps", days=14, on=AS_OF, at=AT, by="test")

    assert open_wave("nps", days=14, on=AS_OF, at=AT, by="test") == first
    with pytest.raises(WaveOpen):
        open_wave("nps", days=14, on=day(13), at=AT, by="test")
    assert open_wave("nps", days=14, on=day(14), at=AT, by="test").number == 2


def test_a_score_becomes_the_answer_that_features_read_and_may_change_until_closed(
    strategy: None,
) -> None:
    asked = asked_in()

    keep_reply(asked.pk, Reply(9, "好，电话13800138000"), on=AS_OF, at=AT, by="customer")
    keep_reply(asked.pk, Reply(4, "断网"), on=day(1), at=AT, by="customer")
    keep_reply(asked.pk, Reply(4, "断网"), on=day(2), at=AT, by="customer")

    answer = Answer.objects.get()
    assert (answer.survey, answer.score, answer.text, answer.answered_on) == (
        "nps",
        4,
        "断网",
        day(1),
    )
    assert answer.account_id == asked.account_id
    assert Entry.objects.filter(kind="survey.answered").count() == 2
    with pytest.raises(Refusal, match="closed"):
        keep_reply(asked.pk, Reply(9), on=day(14), at=AT, by="customer")
    assert Answer.objects.get().score == 4


def test_the_reason_of_the_exit_survey_is_a_row_of_the_one_table(strategy: None) -> None:
    """CHR-01, CHR-02."""
    left = a_term(account=an_account(), ends_on=day(-9), state=TermState.LAPSED, closed_on=day(-2))
    open_wave("exit", days=14, on=AS_OF, at=AT, by="test")
    invite_due(at=AT)
    asked = Invitation.objects.get()

    keep_reply(asked.pk, Reply(given={"reason": "price"}), on=AS_OF, at=AT, by="customer")
    keep_reply(asked.pk, Reply(given={"reason": "fault"}), on=AS_OF, at=AT, by="customer")

    told = LossReason.objects.get()
    assert (told.reason, told.source, told.term_id) == ("fault", "survey", left.pk)


def page_of(asked: Invitation) -> str:
    return f"/survey/{token_of(asked.message_id, purpose='survey')}"


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenure.kernel.clock.now", lambda: AT)


def test_a_link_asks_and_only_sending_answers(strategy: None, client: Client, today: None) -> None:
    """Scanners of mail open every link: a GET with a score keeps nothing."""
    page = page_of(asked_in())

    looked: Any = client.get(f"{page}?score=9&lang=en")
    assert (looked.status_code, Answer.objects.count()) == (200, 0)
    assert b'value="9" checked' in looked.content
    assert b"data-sends-itself" in looked.content
    sent = client.post(f"{page}?lang=en", {"score": "9", "text": ""})
    again = client.post(f"{page}?lang=en", {"score": "3", "text": "slow"})

    assert b"Thank you" in sent.content
    assert b"Thank you" in again.content
    assert Answer.objects.get().score == 3


@pytest.mark.parametrize(
    ("survey", "form", "status"),
    [
        ("nps", {"score": "11"}, 422),
        ("nps", {}, 422),
        ("effort", {"score": "7"}, 200),
        ("price_points", {"too_cheap": "20", "cheap": "50", "expensive": "90",
                          "too_expensive": "120"}, 200),
        ("price_points", {"too_cheap": "90", "cheap": "50", "expensive": "20",
                          "too_expensive": "10"}, 422),
        ("price_points", {"too_cheap": "", "cheap": "x", "expensive": "1e99",
                          "too_expensive": "nan"}, 422),
        ("would_pay", {"most": "9900"}, 200),
    ],
)  # fmt: skip
def test_each_kind_of_question_is_answered_on_its_page(
    strategy: None, client: Client, today: None, survey: str, form: dict[str, str], status: int
) -> None:
    asked = asked_in(survey)

    answer = client.post(page_of(asked), form)

    assert answer.status_code == status
    asked.refresh_from_db()
    assert (asked.answered_on is not None) is (status == 200)


def test_a_changed_link_opens_nothing_and_a_closed_round_says_so(
    strategy: None, client: Client, today: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(asked_in())

    assert client.get(page[:-1] + "x").status_code == 404
    monkeypatch.setattr("tenure.kernel.clock.now", lambda: AT + timedelta(days=20))
    assert client.post(page, {"score": "9"}).status_code == 410
    assert Answer.objects.count() == 0
