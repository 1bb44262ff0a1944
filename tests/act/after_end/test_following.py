"""R-P-009: after the end of everything: told on the day, reminded, deleted, or called back."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from tenure.act.after_end.actions import follow_ends
from tenure.act.consequences.ends.queries import countdown_of
from tenure.act.consequences.ends.rules import Countdown, countdown
from tenure.act.journeys.withdrawals import withdraw_over
from tenure.act.messages.actions import dispatch
from tenure.act.self_service.erasing import actions as erasing
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import Account, ContactPoint
from tenure.records.documents.models import Document
from tenure.records.requests.models import DataRequest
from tenure.records.retention.actions import lift_hold, place_hold
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import SubscriptionState, TermState
from tenure.strategy.retention import AfterEnd
from tests.act.documents.papers import a_payment
from tests.act.posts import Postbag
from tests.builders import AS_OF, a_person, a_subscription, a_term, an_account, at_on

pytestmark = pytest.mark.usefixtures("strategy")


def who_left(ended_on: date = AS_OF, *, language: str = "en") -> Account:
    """A customer whose only contract ended on a day."""
    found = an_account(person=False)
    a_person(account=found, name="Ann Smith", language=language, email="ann@example.com")
    contract = a_subscription(
        account=found, state=SubscriptionState.ENDED, ended_on=ended_on,
        started_on=ended_on - timedelta(days=365),
    )  # fmt: skip
    a_term(subscription=contract, ends_on=ended_on, closed_on=ended_on, state=TermState.LAPSED)
    return found


def nights(first: int, last: int, *, since: date = AS_OF) -> dict[str, int]:
    """What the nights of these days after an end did, added up."""
    total = {"letters": 0, "deleted": 0}
    for offset in range(first, last + 1):
        on = since + timedelta(days=offset)
        done = follow_ends(as_of=on, at=at_on(on))
        total = {name: total[name] + done[name] for name in total}
    return total


def steps_of(account: Account) -> list[str]:
    found = Message.objects.filter(account=account, journey="after_end").order_by("planned_at")
    return list(found.values_list("step", flat=True))


def is_gone(account: Account) -> bool:
    return not ContactPoint.objects.filter(person__account=account).exists()


@pytest.mark.usefixtures("either_database")
def test_told_on_the_day_reminded_twice_and_deleted_on_the_ninetieth() -> None:
    """R-P-009."""
    account = who_left()

    first = nights(0, 14)
    told = steps_of(account)
    until_27 = nights(15, 89)
    reminded, before = steps_of(account), is_gone(account)
    last = nights(90, 100)

    assert (first, told) == ({"letters": 1, "deleted": 0}, ["notice"])
    assert until_27 == {"letters": 2, "deleted": 0}
    assert (reminded, before) == (["notice", "reminder_15", "reminder_27"], False)
    assert last == {"letters": 0, "deleted": 1}
    assert is_gone(account)
    request = DataRequest.objects.get(account=account)
    assert request.kind == DataRequest.Kind.ERASURE
    assert countdown_of(account.pk, at=at_on(AS_OF + timedelta(days=100))) is None


def test_each_night_may_be_run_again_and_nothing_more_happens() -> None:
    who_left()

    done = [follow_ends(as_of=AS_OF, at=at_on(AS_OF)) for _ in range(2)]

    assert done == [{"letters": 1, "deleted": 0}, {"letters": 0, "deleted": 0}]


@pytest.mark.parametrize("back_after", [1, 20, 60])
def test_whoever_comes_back_is_neither_reminded_nor_deleted(back_after: int) -> None:
    """R-P-009: a new contract ends the countdown, whenever it begins."""
    account = who_left()
    nights(0, back_after)
    told = len(steps_of(account))

    a_term(account=account, days_left=400)
    after = nights(back_after + 1, 120)

    assert after == {"letters": 0, "deleted": 0}
    assert len(steps_of(account)) == told
    assert not is_gone(account)


def test_a_second_end_is_told_of_and_counted_anew() -> None:
    account = who_left()
    nights(0, 30)
    again = AS_OF + timedelta(days=60)
    contract = a_subscription(account=account, state=SubscriptionState.ENDED, ended_on=again)
    a_term(subscription=contract, ends_on=again, closed_on=again, state=TermState.LAPSED)

    early = nights(60, 149)
    late = nights(150, 151)

    assert early == {"letters": 3, "deleted": 0}
    assert late == {"letters": 0, "deleted": 1}


def test_a_letter_that_waits_is_called_back_when_the_customer_is_back() -> None:
    account = who_left()
    follow_ends(as_of=AS_OF, at=at_on(AS_OF))
    a_term(account=account, days_left=400)
    post = Postbag()

    dispatch(at=at_on(AS_OF, 15), post=post)

    message = Message.objects.get(account=account, journey="after_end")
    assert (message.state, message.reason) == (MessageState.SUPPRESSED, "came_back")
    assert post.letters == []


def test_the_end_itself_takes_no_notice_of_it_back() -> None:
    """What waits for a term is called back with its end; what is about the end is not."""
    account = who_left()
    follow_ends(as_of=AS_OF, at=at_on(AS_OF))

    withdrawn = withdraw_over(at=at_on(AS_OF))

    assert withdrawn == 0
    assert Message.objects.get(account=account).state == MessageState.PLANNED


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_letter_names_the_days_and_the_link_to_take_data_out(language: str) -> None:
    """R-P-009, JRN-06: a notice, so that neither a refusal nor the holdout holds it back."""
    account = who_left(language=language)
    follow_ends(as_of=AS_OF, at=at_on(AS_OF))

    dispatch(at=at_on(AS_OF, 15), post=Postbag())

    message = Message.objects.get(account=account)
    assert (message.state, message.message_class) == (MessageState.SENT, "legal_notice")
    days = ["15 July 2026", "13 September 2026"]
    if language == "zh-Hans":
        days = ["2026年7月15日", "2026年9月13日"]
    for day in days:
        assert day in message.body
    assert "/export/" in message.body


def test_a_legal_hold_keeps_what_would_be_deleted() -> None:
    """R-I-012."""
    account = who_left()
    nights(0, 89)
    hold = place_hold(account.pk, "a dispute", on=AS_OF, at=at_on(AS_OF), by="user:1")

    held = nights(90, 95)
    lift_hold(hold.pk, on=AS_OF, at=at_on(AS_OF), by="user:1")
    free = nights(96, 96)

    assert (held["deleted"], free["deleted"]) == (0, 1)


def test_books_stay_without_a_name() -> None:
    """R-P-008, R-P-009."""
    account = who_left()
    a_payment(account=account)
    Term.objects.filter(account=account, state=TermState.RUNNING).update(
        state=TermState.LAPSED, closed_on=AS_OF, end_kind="lapse"
    )
    account.refresh_from_db()
    Subscription.objects.filter(account=account).update(
        state=SubscriptionState.ENDED, ended_on=AS_OF, end_kind="lapse"
    )

    nights(0, 90)

    account.refresh_from_db()
    assert account.name == "erased"
    certificate = DataRequest.objects.get(account=account).certificate
    assert "Payments" in [one["title"]["en"] for one in certificate["kept"]]
    assert Document.objects.count() == 0


def test_whoever_left_before_it_was_told_is_not_deleted() -> None:
    """Nobody's data goes who was not told: not those who left long before the first night."""
    account = who_left(AS_OF - timedelta(days=400))

    done = nights(0, 5)

    assert done == {"letters": 0, "deleted": 0}
    assert not is_gone(account)


def test_a_night_that_comes_late_still_tells_within_a_week() -> None:
    account = who_left()

    done = nights(6, 6)

    assert (done["letters"], steps_of(account)) == (1, ["notice"])


def test_the_history_of_many_is_forgotten_by_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[int]] = []
    real = erasing._forget_use

    def counted(ids: Sequence[int], *, at: datetime) -> Counter[int]:
        calls.append(list(ids))
        return real(ids, at=at)

    monkeypatch.setattr(erasing, "_forget_use", counted)
    accounts = [who_left() for _ in range(3)]
    nights(0, 0)
    nights(90, 90)

    closed = erasing.finish([one.pk for one in accounts], at=at_on(AS_OF + timedelta(days=90)))

    assert closed == 3
    assert len(calls) == 1


def test_a_plan_that_keeps_data_longer_is_kept_to() -> None:
    rule, end = AfterEnd(), date(2026, 1, 1)

    plain = countdown(rule, end, policy_until=None)
    longer = countdown(rule, end, policy_until=date(2026, 5, 1))
    shorter = countdown(rule, end, policy_until=date(2026, 1, 9))

    assert plain == shorter == Countdown(end, date(2026, 1, 31), date(2026, 4, 1))
    assert longer == Countdown(end, date(2026, 5, 1), date(2026, 5, 2))
