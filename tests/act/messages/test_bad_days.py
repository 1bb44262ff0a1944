"""Bad days of a sender: a provider that is down for a day, a clock that jumps, nobody, everybody.

STD-04, R-C-004: nothing is lost, nothing is doubled, and whatever did not go out says why.
"""

from datetime import datetime, timedelta

import pytest

from tenure.act.channels.breaker import LONGEST_REST, Breaker
from tenure.act.channels.models import Carriage, Rest
from tenure.act.channels.overview import providers
from tenure.act.messages.actions import claim, dispatch, free_claims
from tenure.loop.worker import Worker
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tests.act.channels.test_carrying import Telegraph, a_text, telegraph
from tests.act.messages.test_dispatch import a_reminder
from tests.act.posts import Postbag
from tests.builders import AS_OF, a_contact_point, a_term, an_account, at_on, primary_person

__all__ = ["telegraph"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
MORNING = at_on(AS_OF, 9)
DAY = timedelta(days=1)


def quarters(hours: int) -> list[datetime]:
    return [MORNING + timedelta(minutes=15 * n) for n in range(hours * 4)]


@pytest.mark.usefixtures("either_database")
def test_a_provider_that_is_down_for_a_day_is_left_alone_and_caught_up_with(
    telegraph: Telegraph,
) -> None:
    """The breaker asks it a few times, the desk sees why, and every text goes out once."""
    texts = [a_text(term=a_term(days_left=7)) for _ in range(6)]
    hasty = a_text(term=a_term(account=an_account(phone="13800000009"), days_left=7),
                   expires_at=MORNING + timedelta(hours=6))  # fmt: skip
    telegraph.is_away = True

    for at in quarters(24):
        dispatch(at=at)
    asked = Carriage.objects.filter(outcome=Carriage.Outcome.RETURNED).count()
    seen = {one.name: one for one in providers(at=MORNING + timedelta(hours=23))}["telegraph"]
    telegraph.is_away = False
    for at in quarters(30)[96:]:
        dispatch(at=at)

    assert seen.rest is not None
    assert (seen.rest.why, seen.rest.since) == ("away", MORNING)
    assert asked <= 7  # one row a message: what never left leaves no trail of attempts
    assert sorted(one.message_id for one in telegraph.asked) == [one.pk for one in texts]
    states = set(Message.objects.exclude(pk=hasty.pk).values_list("state", flat=True))
    assert states == {MessageState.SENT}
    hasty.refresh_from_db()
    assert (hasty.state, hasty.reason) == (MessageState.FAILED, "channel_down")
    assert not Rest.objects.exists()


def test_a_breaker_rests_longer_each_time_and_never_longer_than_an_hour() -> None:
    breaker, at, asked = Breaker(), MORNING, 0
    for _ in range(24 * 60):
        if not breaker.is_open(at):
            asked += 1
            breaker.failed(at, outright=True)
        at += timedelta(minutes=1)
    assert asked == 27  # after 5, 10, 20 and 40 minutes, then every hour
    breaker.succeeded()
    assert not breaker.is_open(at)


def test_a_mail_server_that_is_down_for_a_day_gets_every_letter_once_afterwards() -> None:
    letters = [a_reminder(term=a_term(days_left=7)) for _ in range(5)]
    bag = Postbag()
    bag.dies_after = 0
    for at in quarters(24)[::2]:
        dispatch(at=at, post=bag)
    assert bag.letters == []
    waiting = Message.objects.filter(state=MessageState.PLANNED, reason="mail_server_down")
    assert waiting.count() == len(letters)

    bag.dies_after = None
    for at in quarters(27)[96:]:
        dispatch(at=at, post=bag)

    assert len(bag.letters) == len(letters)
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}


@pytest.mark.usefixtures("either_database")
def test_a_clock_that_jumps_ahead_and_back_doubles_nothing_and_blocks_nothing() -> None:
    """What was due by the wrong hour says so; what was claimed by it is free again."""
    over = a_reminder(term=a_term(days_left=7), expires_at=MORNING + 3 * DAY)
    kept = a_reminder(term=a_term(days_left=700), expires_at=MORNING + 600 * DAY,
                      send_after=MORNING + 2 * DAY)  # fmt: skip
    claimed = a_reminder(term=a_term(days_left=700), expires_at=MORNING + 600 * DAY)
    ahead, bag = MORNING + 400 * DAY, Postbag()

    (dead,) = claim(ahead, size=1)
    dispatch(at=ahead, post=bag)
    free_claims()
    for hour in range(60):
        dispatch(at=MORNING + timedelta(hours=hour), post=bag)
        dispatch(at=MORNING + timedelta(hours=hour), post=bag)

    states = dict(Message.objects.values_list("pk", "state"))
    assert states[kept.pk] == states[claimed.pk] == MessageState.SENT
    assert len(bag.letters) == list(states.values()).count(MessageState.SENT)
    # It was claimed when the clock ran ahead, or it was over by that clock.
    over.refresh_from_db()
    assert (over.state, over.reason) in (
        (MessageState.SENT, ""),
        (MessageState.EXPIRED, "too_late"),
    )
    assert states[dead] == MessageState.SENT


def test_a_worker_whose_clock_was_set_back_looks_again() -> None:
    """Money, papers and nights are not put off until the wrong hour comes round once more."""
    worker = Worker(post=Postbag())
    worker.look(MORNING + 400 * DAY)
    assert worker.money_from is not None
    assert worker.money_from > MORNING + 399 * DAY

    worker.look(MORNING)

    assert worker.money_from is not None
    assert worker.money_from <= MORNING + timedelta(minutes=2)
    breaker = Breaker()
    breaker.failed(MORNING + 400 * DAY, outright=True)
    assert not breaker.is_open(MORNING)
    assert breaker.is_open(MORNING + 400 * DAY + LONGEST_REST / 20)


def test_an_address_that_bounces_is_not_written_to_again() -> None:
    account, bag = an_account(), Postbag()
    term = a_term(account=account, days_left=7)
    a_contact_point(person=primary_person(account), address="gone@example.com", bounced_at=MORNING)
    message = a_reminder(term=term, address="gone@example.com")

    dispatch(at=MORNING, post=bag)

    message.refresh_from_db()
    assert (message.state, message.reason) == (MessageState.FAILED, "bounced")
    assert bag.letters == []


@pytest.mark.parametrize(
    ("zone", "asked", "opens"),
    [
        # Clocks go forward at 2:00 on 8 March 2026: the night is an hour shorter.
        ("America/New_York", "2026-03-08T06:30:00+00:00", "2026-03-08T12:00:00+00:00"),
        # And back on 1 November: eight o'clock comes an hour later by the sun.
        ("America/New_York", "2026-11-01T06:30:00+00:00", "2026-11-01T13:00:00+00:00"),
        ("Europe/Berlin", "2026-03-29T00:30:00+00:00", "2026-03-29T06:00:00+00:00"),
        # A leap day is a day like every other.
        ("Asia/Shanghai", "2028-02-28T16:30:00+00:00", "2028-02-29T00:00:00+00:00"),
    ],
)
def test_a_daylight_saving_night_and_a_leap_day_keep_the_readers_own_hours(
    zone: str, asked: str, opens: str
) -> None:
    """STD-04: what falls due at night leaves at eight by the reader's own clock, once."""
    at, opening = datetime.fromisoformat(asked), datetime.fromisoformat(opens)
    term = a_term(account=an_account(zone=zone), ends_on=(at + 30 * DAY).date())
    message = a_reminder(term=term, send_after=at, planned_at=at, expires_at=at + 2 * DAY)
    bag = Postbag()

    for minutes in range(0, 11 * 60, 30):
        dispatch(at=at + timedelta(minutes=minutes), post=bag)

    message.refresh_from_db()
    assert (message.sent_at, len(bag.letters)) == (opening, 1)


def test_a_zone_that_nobody_knows_reads_as_the_business_own() -> None:
    term = a_term(account=an_account(zone="Mars/Base"), days_left=7)
    message = a_reminder(term=term)

    dispatch(at=at_on(AS_OF, 3), post=Postbag())
    dispatch(at=MORNING, post=Postbag())

    message.refresh_from_db()
    assert message.sent_at == MORNING
