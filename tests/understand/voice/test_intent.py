"""Who means to renew, and who looks elsewhere: INT-01, INT-02."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.care.substitution import warn_of_competitor
from tenure.records.journal.models import Entry
from tenure.records.service.actions import open_ticket
from tenure.records.service.rules import Request
from tenure.records.strategies.actions import apply_strategy
from tenure.records.success.models import ToDo
from tenure.strategy.loading import preset
from tenure.understand.voice.intent import intents
from tenure.understand.voice.levels import Level, level_of
from tests.builders import AS_OF, AT, a_term, a_ticket, an_account, an_answer, day


@pytest.mark.parametrize(
    ("satisfaction", "complaints", "level"),
    [
        (0.9, 0, Level.HIGH),
        (0.75, 0, Level.HIGH),
        (0.9, 1, Level.MEDIUM),
        (0.9, 2, Level.LOW),
        (0.5, 0, Level.MEDIUM),
        (0.49, 0, Level.LOW),
        (None, 0, Level.UNKNOWN),
        (None, 1, Level.MEDIUM),
        (None, 2, Level.LOW),
    ],
)
def test_two_inputs_make_a_level(satisfaction: float | None, complaints: int, level: Level) -> None:
    assert level_of(satisfaction, complaints=complaints) is level


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 5))
def test_more_content_is_never_a_lower_level(one: float, other: float, complaints: int) -> None:
    order = (Level.LOW, Level.MEDIUM, Level.HIGH)
    worse, better = sorted((one, other))

    assert order.index(level_of(worse, complaints=complaints)) <= order.index(
        level_of(better, complaints=complaints)
    )


@pytest.mark.django_db
def test_customers_stand_with_their_inputs_the_next_end_first() -> None:
    """INT-01: the level and the two inputs of it."""
    glad, sad, silent, later = (an_account() for _ in range(4))
    for account, ends in ((glad, 20), (sad, 10), (silent, 30), (later, 200)):
        a_term(account=account, ends_on=day(ends))
    an_answer(account=glad, score=3, answered_on=day(-30))
    an_answer(account=glad, survey="csat", score=5, answered_on=day(-3))
    an_answer(account=sad, score=10, answered_on=day(-400))
    for age in (5, 6):
        a_ticket(account=sad, kind="complaint", opened_at=AT - timedelta(days=age))

    found = intents(on=AS_OF, within_days=180)

    told = [(one.account_id, one.survey, one.score, one.complaints, one.level)
            for one in found.rows]  # fmt: skip
    assert told == [
        (sad.pk, "", None, 2, Level.LOW),
        (glad.pk, "csat", 5, 0, Level.HIGH),
        (silent.pk, "", None, 0, Level.UNKNOWN),
    ]
    assert found.counts == {Level.HIGH: 1, Level.MEDIUM: 0, Level.LOW: 1, Level.UNKNOWN: 1}
    assert [one.account_id for one in intents(on=AS_OF, within_days=180, level="high").rows] == [
        glad.pk
    ]


def test_who_approves_gets_the_play_and_the_holdout_is_kept_from_it() -> None:
    """INT-01: the play is marketing, which the permanent holdout never receives."""
    strategy = preset("broadband")
    play = strategy.plays["renewal_benefit"]

    assert play.tag == "approves"
    assert not strategy.messages[play.step.message].reaches_holdout
    assert strategy.experiments.holdout_below > 0


@pytest.mark.django_db
def test_a_ticket_that_names_a_competitor_opens_work_once() -> None:
    """INT-02."""
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))
    account, held, other = an_account(), an_account(holdout_bucket=0), an_account()
    terms = [a_term(account=one, ends_on=day(60)) for one in (account, held, other)]
    words = ("同行便宜一半，想换到别家", "我要换到别家", "网速慢")
    for n, (term, subject) in enumerate(zip(terms, words, strict=True)):
        told = Request(term.account_id, "desk", str(n), "question", AT, subject=subject)
        open_ticket(told, on=AS_OF, at=AT, by="test")
    entries = list(Entry.objects.filter(kind="ticket.opened"))

    assert warn_of_competitor(entries, at=AT) == 1
    assert warn_of_competitor(entries, at=AT) == 0
    work = ToDo.objects.get()
    assert (work.term_id, work.kind) == (terms[0].pk, "call")
    assert "competitor" in work.reasons[0]["en"]
    assert Entry.objects.get(kind="substitution.signalled").account_id == account.pk
