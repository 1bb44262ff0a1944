"""JRN-08, STD-04, TOP-04: a year of sending breaks no cap, no quiet hour, no consent, no holdout.

Zones with and without daylight saving, the nights on which clocks change, a leap day, and messages
that fall due at any hour. The auditor reads what was really sent and shares no code with the rules.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from tenure.act.messages.actions import dispatch
from tenure.act.messages.post import Drawer
from tenure.records.contacts.models import Message
from tenure.records.strategies.actions import apply_strategy
from tenure.records.subscriptions.models import Term
from tenure.strategy.loading import preset
from tests.builders import a_term, an_account, primary_person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SEED = 20_280_229
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu")
UNKNOWN = "Mars/Base"  # reads as the business's own zone, and harms nobody else
COUNTRIES = ("CN", "US", "DE", "CN", "CN")
# Around the nights on which clocks change, a leap day, the turn of the year, and some plain days.
DAYS = [
    datetime(2027, 10, 31, tzinfo=UTC), datetime(2027, 11, 7, tzinfo=UTC),
    datetime(2027, 12, 31, tzinfo=UTC), datetime(2028, 1, 17, tzinfo=UTC),
    datetime(2028, 2, 28, tzinfo=UTC), datetime(2028, 3, 12, tzinfo=UTC),
    datetime(2028, 3, 26, tzinfo=UTC), datetime(2028, 6, 15, tzinfo=UTC),
]  # fmt: skip
KINDS = (
    ("preview", "marketing"), ("renewal_benefit", "marketing"), ("plan_check", "transactional"),
    ("value_review", "transactional"), ("deduction_notice", "legal_notice"),
)  # fmt: skip
HOURS = {"marketing": (8, 20), "transactional": (8, 21), "legal_notice": (7, 22)}


def people(chance: Random) -> list[Term]:
    """Some agreed to marketing and some never did; some are held out."""
    return [
        a_term(
            account=an_account(
                zone=zone,
                country=country,
                in_holdout=place % 5 == 4,
                consents=("service", "marketing") if place % 3 else ("service",),
            ),
            days_left=700 + chance.randrange(30),
        )
        for place in range(3)
        for zone, country in zip(ZONES, COUNTRIES, strict=True)
    ] + [a_term(account=an_account(zone=UNKNOWN), days_left=720)]


def plan(term: Term, at: datetime, *, number: int, chance: Random) -> Message:
    template, message_class = chance.choice(KINDS)
    person = primary_person(term.account)
    return Message(
        send_key=f"year:s{number}:{term.pk}", account=term.account, person=person, term=term,
        journey="year", journey_version="0", step=f"s{number}", template=template,
        message_class=message_class, channel="email", language="en",
        address="reader@example.com", planned_at=at, send_after=at,
        expires_at=at + timedelta(days=2),
    )  # fmt: skip


def test_a_year_of_sending_breaks_nothing() -> None:
    apply_strategy(preset("broadband"), by="test", at=datetime(2020, 1, 1, tzinfo=UTC))
    chance = Random(SEED)
    terms, number = people(chance), 0
    for day in DAYS:
        for hour in range(0, 48, 5):
            at = day + timedelta(hours=hour, minutes=chance.randrange(60))
            if hour < 24:
                chosen = chance.sample(terms, 6)
                Message.objects.bulk_create(
                    plan(term, at, number=(number := number + 1), chance=chance) for term in chosen
                )
            dispatch(at=at, post=Drawer())
    dispatch(at=DAYS[-1] + timedelta(days=9), post=Drawer())

    assert audit() == Counter(), f"seed {SEED}"
    counts = Counter(Message.objects.values_list("state", flat=True))
    assert counts.total() == number
    assert not counts["planned"]
    assert not counts["sending"]
    assert counts["sent"] > number / 4
    assert not Message.objects.exclude(state="sent").filter(reason="").exists()


def audit() -> Counter[str]:
    """Everything sent that should not have been, by kind of violation."""
    found: Counter[str] = Counter()
    days: Counter[tuple[int, date]] = Counter()
    reminders: Counter[tuple[int, date]] = Counter()
    sent = Message.objects.filter(state="sent").select_related("account", "person")
    for one in sent.order_by("sent_at"):
        assert one.sent_at is not None
        zone = "Asia/Shanghai" if one.account.zone == UNKNOWN else one.account.zone
        local = one.sent_at.astimezone(ZoneInfo(zone))
        opens, closes = HOURS[one.message_class]
        closes += one.message_class == "marketing" and one.account.country == "CN"
        found["hours"] += not opens <= local.hour < closes
        found["holdout"] += one.account.holdout_bucket < 500 and one.message_class != "legal_notice"
        found["late"] += one.sent_at >= one.expires_at
        if one.message_class == "marketing":
            agreed = one.person_id in _agreed()
            found["consent"] += not agreed
            days[one.person_id, local.date()] += 1
        elif one.message_class == "transactional":
            reminders[one.person_id, local.date()] += 1
    found["daily"] += sum(count > 1 for count in days.values())
    found["reminders"] += sum(count > 1 for count in reminders.values())
    for person, day in days:
        week = [days[person, day - timedelta(days=back)] for back in range(7)]
        found["weekly"] += sum(week) > 3
    return +found


def _agreed() -> set[int]:
    from tenure.records.customers.models import Consent

    given = Consent.objects.filter(purpose="marketing", withdrawn_at__isnull=True)
    return set(given.values_list("person_id", flat=True))
