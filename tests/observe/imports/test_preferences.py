"""DAT-06: preferences that are imported are obeyed by whoever plans and sends."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tenure.act.journeys.actions import plan_due
from tenure.act.messages.actions import dispatch
from tenure.records.contacts.models import Message
from tenure.records.success.models import ToDo
from tenure.understand.features import actions as features
from tenure.warehouse import snapshots
from tests.act.posts import Postbag
from tests.builders import AS_OF, AT, ZONE
from tests.observe.imports.folders import Folder

ENDS = AS_OF + timedelta(days=7)  # the reminder of T−7 is due
MEMBERS = (1, 3, 4)  # none of them in the holdout
STARTS = ENDS.replace(year=ENDS.year - 1)
PEOPLE = (
    "account,name,email,phone,language,channels,hours_from,hours_until,zone\n"
    "a1,张伟,zhang@example.com,13800138000,zh-Hans,email,18:30,20:00,\n"
    "a4,Li Na,li@example.com,13900139000,en,phone;email,,,\n"
    "a3,王芳,wang@example.com,13700137000,en,,,,America/New_York\n"
)


@pytest.fixture
def planned(folder: Folder) -> Folder:
    """Three members whose terms end in a week, with what each prefers."""
    accounts = "id,started_on\n" + "".join(f"a{n},{STARTS}\n" for n in MEMBERS)
    sold = "id,account,plan,cycle_months,starts_on,paid_until\n" + "".join(
        f"s{n},a{n},standard,12,{STARTS},{ENDS}\n" for n in MEMBERS
    )
    folder.write(accounts=accounts, people=PEOPLE, subscriptions=sold).take()
    snapshots.take(as_of=AS_OF, at=AT)
    features.fill(as_of=AS_OF, at=AT)
    plan_due(as_of=AS_OF, at=AT)
    return folder


def message(account: str) -> Message:
    return Message.objects.get(account__external_id=account, step="t7")


def sent_local(account: str, zone: str = ZONE) -> str:
    sent_at: datetime | None = message(account).sent_at
    return "" if sent_at is None else sent_at.astimezone(ZoneInfo(zone)).strftime("%H:%M")


@pytest.mark.usefixtures("planned")
def test_channel_and_language_are_those_that_a_person_prefers() -> None:
    assert (message("a1").channel, message("a1").language) == ("email", "zh-Hans")
    assert (message("a3").channel, message("a3").language) == ("email", "en")
    call = ToDo.objects.get()  # who prefers the telephone is called and gets no e-mail
    assert (call.account.external_id, call.kind) == ("a4", "call")
    assert not Message.objects.filter(account=call.account).exists()


@pytest.mark.usefixtures("planned")
def test_nobody_is_written_to_outside_the_hours_that_they_named() -> None:
    """The sender looks every half hour for a whole day."""
    bag, at = Postbag(), AT
    for _ in range(48):
        dispatch(at=at, post=bag)
        at += timedelta(minutes=30)

    assert sent_local("a1") == "18:30"  # not at 8 o'clock, when the window of everybody opens
    assert sent_local("a3", "America/New_York") >= "08:00"
    assert sorted(bag.readers) == ["wang@example.com", "zhang@example.com"]


def test_a_preference_that_changes_is_obeyed_from_then_on(planned: Folder) -> None:
    planned.write(people=PEOPLE.replace("18:30,20:00", "12:00,13:30")).take()
    at = AT
    for _ in range(48):
        dispatch(at=at, post=Postbag())
        at += timedelta(minutes=30)

    assert sent_local("a1") == "12:00"
