"""Read what was learned of people, and say why a message took its way."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from tenure.act.habits.models import Habit
from tenure.act.habits.rules import WHY, hours_around, persona
from tenure.kernel.failures import Sentence
from tenure.kernel.instants import Window
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Account


def window_of(hour: int, *, business_zone: str, zone: str, at: datetime) -> Window:
    """Some hours around a learned one, on the clock of the reader."""
    there = at.astimezone(ZoneInfo(business_zone)).replace(hour=hour, minute=0, second=0)
    opens = there.astimezone(ZoneInfo(zone))
    return hours_around(time(opens.hour, opens.minute))


def why_this_way(message: Message) -> Sentence:
    """Why a message took its way, as far as that is known now: said, learned, persona, or step."""
    person = message.person
    if message.channel in person.preferred_channels:
        return WHY["said"]
    habit = Habit.objects.filter(person=person, channel=message.channel).first()
    if habit is not None and habit.share is not None and habit.alike is not None:
        return WHY["learned"].fill(
            answered=habit.answered,
            sent=habit.sent,
            share=round_percent(habit.share),
            alike=round_percent(habit.alike),
        )
    year = message.planned_at.year
    if message.account.kind == Account.Kind.ENTERPRISE and message.channel == "phone":
        owner = message.term.subscription.owner_name
        if owner:
            return WHY["manager"].fill(owner=owner)
    is_persona = not person.preferred_channels and message.channel in persona(
        person.born_year, year=year
    )
    return WHY["persona"] if is_persona else WHY["step"]


def round_percent(share: float) -> str:
    """A share as people read it."""
    return f"{share:.0%}"
