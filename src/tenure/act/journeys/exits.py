"""Leave a journey or a play when its goal is reached: its exit criterion (CS-06, STD-06)."""

from collections.abc import Collection
from datetime import date, datetime
from itertools import batched

from django.db import transaction

from tenure.act.care.alarms import drop_work
from tenure.act.journeys.meant import of_rule
from tenure.act.journeys.models import Enrolment
from tenure.act.journeys.withdrawals import withdraw
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.journal.actions import Fact, append_many
from tenure.records.journal.models import Entry
from tenure.strategy.journeys import Journey
from tenure.strategy.rules import NEVER
from tenure.strategy.sections import Strategy

REACHED = "journey.reached"
_BATCH_SIZE = 500


def leave_reached(strategy: Strategy, *, as_of: date, at: datetime, by: str) -> int:
    """Who reached the goal of a journey or play hears no more of it; how many left.

    What waits is withdrawn and open work is dropped; what a term reached once stays reached.
    """
    played = [play.journey for play in strategy.plays.values()]
    with_goal = [one for one in (*strategy.journeys.values(), *played) if one.goal != NEVER]
    return sum(_leave(one, as_of=as_of, at=at, by=by) for one in with_goal)


def reached(journey: str) -> int:
    """How many terms reached the goal of a journey."""
    return Entry.objects.filter(kind=REACHED, content__journey=journey).count()


def _leave(journey: Journey, *, as_of: date, at: datetime, by: str) -> int:
    under_way = Enrolment.objects.filter(
        journey=journey.id, term__state="running", left_at__isnull=True
    )
    terms = list(under_way.values_list("term_id", flat=True).distinct())
    meant = of_rule(journey.goal, terms, as_of=as_of) if terms else ()
    return sum(
        _leave_batch(journey.id, batch, as_of=as_of, at=at, by=by)
        for batch in batched(meant, _BATCH_SIZE)
    )


@transaction.atomic
def _leave_batch(
    journey: str, terms: Collection[int], *, as_of: date, at: datetime, by: str
) -> int:
    inside = Enrolment.objects.filter(journey=journey, term__in=terms, left_at__isnull=True)
    found = list(inside.order_by("pk").values_list("pk", "term_id", "account_id", "entry"))
    waiting = Message.objects.filter(state=MessageState.PLANNED, journey=journey, term__in=terms)
    withdraw(list(waiting.values_list("pk", flat=True)), reason="goal", at=at, by=by)
    drop_work(terms, at=at, by=by, of_journey=journey)
    facts = [
        Fact(REACHED, on=as_of, account_id=account, term_id=term, content={"journey": journey},
             once_key=f"goal:{journey}:{term}" + (f":{entry}" if entry else ""))
        for _, term, account, entry in found
    ]  # fmt: skip
    append_many(facts, at=at, by=by)
    inside.filter(pk__in=[pk for pk, _, _, _ in found]).update(left_at=at)
    return len(found)
