"""Topics of what customers said, week after week: FBK-01, FBK-02 and I3, I4 in the product."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from tenure.records.customers.models import Account
from tenure.records.feedback.actions import record_answer
from tenure.records.feedback.models import Answer
from tenure.records.feedback.rules import Given
from tenure.records.service.actions import open_ticket
from tenure.records.service.models import Ticket
from tenure.records.service.rules import Request
from tenure.strategy.loading import preset
from tenure.understand.voice import weekly
from tenure.understand.voice.models import FoundTopic, TopicStudy
from tenure.understand.voice.queries import Heard, Sample, Wanted, sampled
from tenure.understand.voice.taxonomy import Taxonomy
from tenure.understand.voice.weekly import newest_study, study_week
from tests.builders import AT, a_term, a_ticket, an_account, an_answer
from tests.understand.voice.test_topics import TOPICS, some_texts
from tests.understand.warehouses import Warehouse

MONDAY = date(2026, 3, 2)
SUNDAY = MONDAY + timedelta(days=6)
WEEK = timedelta(days=7)
NEW = ("升级以后光猫一直闪红灯", "光猫闪红灯上不了网", "光猫红灯闪个不停")


def say(week: date, *, account: Account, seed: int, new: int = 0) -> None:
    """Fifty answers of one week, of which some speak of a new matter."""
    texts, _ = some_texts(50 - new, seed=seed)
    dice = random.Random(seed)
    texts += ["，".join(dice.sample(NEW, 2)) for _ in range(new)]
    for number, text in enumerate(texts):
        an_answer(
            account=account,
            text=f"{text} {number % 7}",
            answered_on=week + timedelta(days=number % 7),
        )


def test_a_ticket_belongs_to_the_day_of_the_zone(broadband: Warehouse) -> None:
    """DAT-07: Shanghai's Monday begins and ends at 16 o'clock of UTC."""
    begins = datetime(2026, 3, 1, 16, tzinfo=UTC)
    ends, second = begins + timedelta(days=1), timedelta(seconds=1)
    for name, opened_at in {
        "before": begins - second, "first": begins, "last": ends - second, "after": ends
    }.items():  # fmt: skip
        a_ticket(subject=name, opened_at=opened_at)

    wanted = Wanted(MONDAY, MONDAY + timedelta(days=1), kind="ticket")
    said = sampled(wanted, taxonomy=Taxonomy({}), zone="Asia/Shanghai").said

    assert [(one.text, one.said_on) for one in said] == [("last", MONDAY), ("first", MONDAY)]


def test_a_week_is_studied_once_and_topics_keep_their_keys(broadband: Warehouse) -> None:
    """FBK-01: stable keys, what is new flagged; FBK-02: ranked by revenue times frequency."""
    account = a_term().account
    for ago in range(9, 0, -1):
        say(MONDAY - ago * WEEK, account=account, seed=ago)
    study_week(as_of=SUNDAY - WEEK, at=AT)
    say(MONDAY, account=account, seed=77, new=14)

    for day in (SUNDAY - timedelta(days=1), SUNDAY, SUNDAY, SUNDAY + timedelta(days=3)):
        study_week(as_of=day, at=AT)

    studies = list(TopicStudy.objects.order_by("week"))
    assert [one.week for one in studies] == [MONDAY - WEEK, MONDAY]
    before, now = (
        {one.key: one.topic for one in FoundTopic.objects.filter(study=study)} for study in studies
    )
    kept = before.keys() & now.keys()
    assert len(kept) >= 4
    assert {key: now[key] for key in kept} == {key: before[key] for key in kept}
    assert studies[0].emerging == []
    assert any("红灯" in "".join(one["phrases"]) for one in studies[1].emerging)
    found = newest_study()
    assert found is not None
    weights = [one.revenue_minor * one.texts for one, _ in found.topics]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > 0
    assert sum(sum(counts) for _, counts in found.topics) == 500 - found.study.unassigned


def test_few_different_texts_are_no_topics(broadband: Warehouse) -> None:
    """TOP-20: the study says what would be needed, and is not made again for the week."""
    account = an_account()
    for number in range(80):
        an_answer(account=account, text=f"报障{number % 5}", answered_on=MONDAY)

    study_week(as_of=SUNDAY, at=AT)

    assert FoundTopic.objects.count() == 0
    found = newest_study()
    assert found is not None
    assert found.refusal is not None
    assert "only 5 differ" in found.refusal.en
    assert "60" in found.refusal.zh


def test_a_loud_week_is_thinned_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    def many(wanted: object, **_: object) -> Sample:
        return Sample(tuple(Heard("survey", MONDAY, str(n), None, "", "") for n in range(4_000)))

    monkeypatch.setattr(weekly, "sampled", many)

    told = weekly._said(MONDAY, strategy=preset("broadband"), taxonomy=TOPICS)

    assert len(told) == weekly.WEEKS * 1_334
    assert [one.text for one in told[:3]] == ["0", "3", "6"]


@pytest.mark.django_db
def test_what_is_stored_names_nobody() -> None:
    """I4: numbers and addresses are gone before an answer or a ticket is kept."""
    account = an_account()
    given = Given(account.pk, "form", "1", "nps", 3, MONDAY, text="请回电 13800138000")

    asked = Request(account.pk, "desk", "1", "complaint", AT, subject="mail me at a.b@c.example")

    record_answer(given, at=AT, by="form")
    open_ticket(asked, on=MONDAY, at=AT, by="desk")

    assert Answer.objects.get().text == "请回电 [number]"
    assert Ticket.objects.get().subject == "mail me at [email]"
