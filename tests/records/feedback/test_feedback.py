"""CHR-01: one list of reasons for every source; answers are told once."""

import pytest

from tenure.records.feedback.actions import record_answer, record_loss_reason
from tenure.records.feedback.models import Answer, LossReason
from tenure.records.feedback.queries import answers_of, reason_counts
from tenure.records.feedback.rules import Given, ScoreOutOfRange, Told, UnknownReason
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply
from tenure.strategy.loading import PRESETS
from tests.builders import AS_OF, AT, a_loss_reason, a_term, an_account, day


@pytest.fixture
def strategy(either_database: str) -> None:
    apply(PRESETS / "broadband", by="user:1", at=AT)


def test_an_answer_told_twice_is_one_answer(either_database: str) -> None:
    """DAT-01."""
    given = Given(an_account().pk, "survey", "S-1", "nps", 3, AS_OF, text="太贵")

    record_answer(given, at=AT, by="import:survey")
    record_answer(given, at=AT, by="import:survey")

    answer = Answer.objects.get()
    assert (answer.score, answer.text, answer.answered_on) == (3, "太贵", AS_OF)
    assert Entry.objects.get().content == {"survey": "nps", "score": 3}
    assert answers_of(given.account_id) == [answer]


@pytest.mark.parametrize(("survey", "score"), [("nps", 11), ("nps", -1), ("csat", 0), ("ces", 8)])
def test_a_score_that_a_survey_cannot_have_is_refused(db: None, survey: str, score: int) -> None:
    given = Given(an_account().pk, "survey", "S-1", survey, score, AS_OF)

    with pytest.raises(ScoreOutOfRange):
        record_answer(given, at=AT, by="import:survey")

    assert Answer.objects.count() == 0
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("source", ["cancel", "survey", "ticket", "analysis"])
def test_every_source_uses_the_one_list(strategy: None, source: str) -> None:
    """CHR-01: a reason that the list has not is refused, whoever gives it."""
    term = a_term()
    told = Told(term.account_id, source, "L-1", "competitor", AS_OF, term_id=term.pk)
    wrong = Told(term.account_id, source, "L-2", "competitors", AS_OF, term_id=term.pk)

    record_loss_reason(told, at=AT, by="user:1")
    record_loss_reason(told, at=AT, by="user:1")
    with pytest.raises(UnknownReason) as refused:
        record_loss_reason(wrong, at=AT, by="user:1")

    assert refused.value.sentence("en") == (
        "The reason “competitors” is not in reasons.toml; the nearest is “competitor”; "
        "choose one of the list."
    )
    reason = LossReason.objects.get()
    assert (reason.reason, reason.source, reason.term_id) == ("competitor", source, term.pk)
    entry = Entry.objects.get(kind="loss_reason.given")
    assert entry.content == {"reason": "competitor", "source": source}


def test_reasons_are_counted_over_half_open_days(either_database: str) -> None:
    for reason, offset in (("price", -1), ("price", 0), ("moved", 0), ("fault", 1), ("price", -2)):
        a_loss_reason(reason=reason, given_on=day(offset))

    counted = reason_counts(from_on=day(-1), until_on=day(1))

    assert list(counted.items()) == [("price", 2), ("moved", 1)]
