"""G28, STD-04, JRN-04, JRN-08, TOP-04, DAT-06: what becomes of a message at the last moment."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.messages.rules import (
    Fate,
    Kind,
    Past,
    Permission,
    Standing,
    Verdict,
    permission_of,
    verdict,
)
from tenure.kernel.failures import Sentence
from tenure.kernel.instants import Window
from tenure.strategy.contact import Cap, CapScope, Contact, SendWindow
from tenure.strategy.messages import Channel, MessageClass, Purpose

DAY = Window(time(8), time(21))
ALWAYS = Window(time(0), time(0))
NAME = Sentence(zh="上限", en="cap")


def a_cap(cap_id: str, at_most: int, *, days: int) -> Cap:
    return Cap(
        cap_id, NAME, frozenset({MessageClass.MARKETING}), frozenset(), CapScope.PERSON,
        at_most, days,
    )  # fmt: skip


REMINDERS = Cap(
    "reminder_day",
    NAME,
    frozenset({MessageClass.TRANSACTIONAL}),
    frozenset({Purpose.REMINDER}),
    CapScope.PERSON_CHANNEL,
    1,
    1,
)
CONTACT = Contact(
    caps=(
        a_cap("marketing_day", 1, days=1),
        a_cap("marketing_week", 3, days=7),
        a_cap("marketing_month", 8, days=30),
        REMINDERS,
    ),
    windows=(
        SendWindow(MessageClass.MARKETING, "*", None, DAY, yields_to_deadline=False),
        SendWindow(MessageClass.TRANSACTIONAL, "*", None, DAY, yields_to_deadline=False),
        SendWindow(MessageClass.LEGAL_NOTICE, "*", None, DAY, yields_to_deadline=True),
    ),
)
OFFER = Kind(MessageClass.MARKETING, Purpose.OFFER, Channel.EMAIL, reaches_holdout=False)
REMINDER = Kind(MessageClass.TRANSACTIONAL, Purpose.REMINDER, Channel.EMAIL, reaches_holdout=False)
NOTICE = Kind(MessageClass.LEGAL_NOTICE, Purpose.NOTICE, Channel.EMAIL, reaches_holdout=True)
NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)  # 12:00 in Shanghai
OPEN = Standing(
    expires_at=NOON + timedelta(days=7),
    country="CN",
    zone="Asia/Shanghai",
    permission=Permission.GIVEN,
)


def judged(
    kind: Kind, standing: Standing, *past: Past, at: datetime = NOON, contact: Contact = CONTACT
) -> Verdict:
    return verdict(kind, standing, past=past, contact=contact, at=at)


def an_offer(sent_at: datetime, *, channel: str = "email") -> Past:
    return Past(MessageClass.MARKETING, Purpose.OFFER, channel, sent_at)


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        ({"term_state": "renewed"}, "renewed"),
        ({"term_state": "cancelling"}, "cancelling"),
        ({"term_state": "lapsed"}, "lapsed"),
        ({"is_in_holdout": True}, "holdout"),
        ({"is_minor": True}, "minor"),
        ({"permission": Permission.NEVER_ASKED}, "no_consent"),
        ({"permission": Permission.WITHDRAWN}, "unsubscribed"),
    ],
)
def test_an_offer_that_may_not_go_is_suppressed_with_its_reason(
    standing: dict[str, object], reason: str
) -> None:
    found = judged(OFFER, replace(OPEN, **standing))  # type: ignore[arg-type]

    assert found == Verdict(Fate.SUPPRESS, reason)


def test_a_reminder_needs_no_marketing_consent_and_never_reaches_the_holdout() -> None:
    never_asked = replace(OPEN, permission=Permission.NEVER_ASKED)

    assert judged(REMINDER, never_asked) == Verdict(Fate.SEND)
    assert judged(REMINDER, replace(OPEN, is_in_holdout=True)) == Verdict(Fate.SUPPRESS, "holdout")


@pytest.mark.parametrize("permission", list(Permission))
def test_a_legal_notice_reaches_the_holdout_whatever_was_refused(permission: Permission) -> None:
    found = judged(NOTICE, replace(OPEN, is_in_holdout=True, permission=permission))

    assert found == Verdict(Fate.SEND)


def test_an_address_that_bounced_fails_so_that_the_next_channel_follows() -> None:
    assert judged(REMINDER, replace(OPEN, has_bounced=True)) == Verdict(Fate.FAIL, "bounced")
    assert judged(REMINDER, replace(OPEN, has_address=False)) == Verdict(Fate.FAIL, "no_address")


def test_marketing_waits_while_a_fault_is_open_and_a_reminder_does_not() -> None:
    faulty = replace(OPEN, has_open_fault=True)

    assert judged(OFFER, faulty) == Verdict(Fate.DEFER, "open_fault", NOON + timedelta(hours=4))
    assert judged(REMINDER, faulty) == Verdict(Fate.SEND)


def test_a_message_whose_time_has_passed_expires() -> None:
    assert judged(OFFER, OPEN, at=OPEN.expires_at) == Verdict(Fate.EXPIRE, "too_late")


def test_quiet_hours_move_a_message_and_a_deadline_ends_it() -> None:
    evening = datetime(2026, 3, 12, 13, 30, tzinfo=UTC)  # 21:30 in Shanghai
    morning = datetime(2026, 3, 13, 0, tzinfo=UTC)  # 08:00

    assert judged(OFFER, OPEN, at=evening) == Verdict(Fate.DEFER, "quiet_hours", morning)
    short = replace(OPEN, expires_at=morning)
    assert judged(OFFER, short, at=evening) == Verdict(Fate.EXPIRE, "quiet_hours")
    assert judged(NOTICE, short, at=evening) == Verdict(Fate.SEND)


def test_preferred_hours_move_a_message_and_never_lose_it() -> None:
    """DAT-06: the hour that a person prefers is obeyed."""
    evenings = replace(OPEN, preferred=Window(time(19), time(20)))

    at_seven = datetime(2026, 3, 12, 11, tzinfo=UTC)
    assert judged(OFFER, evenings) == Verdict(Fate.DEFER, "quiet_hours", at_seven)
    too_soon = replace(evenings, expires_at=NOON + timedelta(hours=1))
    assert judged(OFFER, too_soon) == Verdict(Fate.SEND)
    nights = replace(OPEN, preferred=Window(time(22), time(6)))
    assert judged(OFFER, nights) == Verdict(Fate.SEND)


def test_caps_count_over_all_channels_and_suppress_marketing_only() -> None:
    """JRN-08: at most one offer a day, three a week and eight in thirty days, on any channel."""
    days = [NOON - timedelta(days=back) for back in range(1, 30)]

    assert judged(OFFER, OPEN, an_offer(NOON, channel="sms")).reason == "cap_marketing_day"
    assert judged(OFFER, OPEN, *map(an_offer, days[:2])) == Verdict(Fate.SEND)
    assert judged(OFFER, OPEN, *map(an_offer, days[:3])).reason == "cap_marketing_week"
    assert judged(OFFER, OPEN, *map(an_offer, days[7:14])) == Verdict(Fate.SEND)
    assert judged(OFFER, OPEN, *map(an_offer, days[7:15])).reason == "cap_marketing_month"
    assert judged(REMINDER, OPEN, *map(an_offer, days)) == Verdict(Fate.SEND)


def test_a_second_reminder_on_one_channel_waits_until_tomorrow() -> None:
    """R-P-024: one reminder per channel and day; a reminder is moved, never dropped."""
    earlier = NOON - timedelta(hours=3)
    tomorrow = datetime(2026, 3, 13, 0, tzinfo=UTC)

    by_mail = Past(MessageClass.TRANSACTIONAL, Purpose.REMINDER, "email", earlier)
    by_text = replace(by_mail, channel="sms")
    receipt = replace(by_mail, purpose=Purpose.RECEIPT)
    waits = Verdict(Fate.DEFER, "cap_reminder_day", tomorrow)
    assert judged(REMINDER, OPEN, by_mail) == waits
    assert judged(REMINDER, OPEN, by_text, receipt) == Verdict(Fate.SEND)


def test_a_day_of_a_cap_is_the_recipients_own_day() -> None:
    last_night = datetime(2026, 3, 11, 12, 55, tzinfo=UTC)  # 20:55 on the 11th in Shanghai
    this_morning = datetime(2026, 3, 12, 0, 5, tzinfo=UTC)  # 08:05 on the 12th

    assert judged(OFFER, OPEN, an_offer(last_night), at=this_morning) == Verdict(Fate.SEND)


ZONES = [
    "Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata",
    "Pacific/Apia", "America/St_Johns", "Africa/Cairo", "Pacific/Kiritimati", "America/Sao_Paulo",
]  # fmt: skip


@given(
    minutes=st.integers(0, 4 * 365 * 24 * 60),
    zone=st.sampled_from(ZONES),
    opens=st.integers(0, 23),
    hours=st.integers(1, 23),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
)
def test_nothing_leaves_outside_the_recipients_hours(
    minutes: int, zone: str, opens: int, hours: int, weekdays: frozenset[int]
) -> None:
    """G28, STD-04: over zones, clock changes and midnight, and waiting always ends inside."""
    at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    window = Window(time(opens), time((opens + hours) % 24), weekdays)
    sent = SendWindow(MessageClass.MARKETING, "*", None, window, yields_to_deadline=False)
    standing = replace(OPEN, zone=zone, expires_at=at + timedelta(days=30))
    contact = Contact(caps=(), windows=(sent,))

    found = judged(OFFER, standing, at=at, contact=contact)

    leaves = at if found.fate is Fate.SEND else found.until
    assert leaves is not None
    assert at <= leaves <= at + timedelta(days=8)
    assert window.is_open(leaves.astimezone(ZoneInfo(zone)))
    assert judged(OFFER, standing, at=leaves, contact=contact) == Verdict(Fate.SEND)


@given(
    gaps=st.lists(st.integers(1, 60 * 48), min_size=1, max_size=60),
    zone=st.sampled_from(ZONES),
    channels=st.lists(st.sampled_from(list(Channel)), min_size=60, max_size=60),
)
def test_no_person_ever_gets_more_than_the_caps_allow(
    gaps: list[int], zone: str, channels: list[Channel]
) -> None:
    """JRN-08 as a law: whoever asks, on whichever channel, the caps hold on every day."""
    at, past = datetime(2026, 3, 1, tzinfo=UTC), list[Past]()
    windows = (SendWindow(MessageClass.MARKETING, "*", None, ALWAYS, yields_to_deadline=False),)
    contact = replace(CONTACT, windows=windows)

    for gap, channel in zip(gaps, channels, strict=False):
        at += timedelta(minutes=gap)
        standing = replace(OPEN, zone=zone, expires_at=at + timedelta(days=30))
        kind = replace(OFFER, channel=channel)
        if judged(kind, standing, *past, at=at, contact=contact).fate is Fate.SEND:
            past.append(an_offer(at, channel=channel))

    days = sorted(one.sent_at.astimezone(ZoneInfo(zone)).date() for one in past)
    for cap in CONTACT.caps[:3]:
        for last in days:
            assert sum(0 <= (last - one).days < cap.days for one in days) <= cap.at_most


def test_permission_is_read_per_channel() -> None:
    given_on = {"email": True, "sms": False}

    assert permission_of(given_on, channel="email") is Permission.GIVEN
    assert permission_of(given_on, channel="sms") is Permission.WITHDRAWN
    assert permission_of(given_on, channel="push") is Permission.NEVER_ASKED
