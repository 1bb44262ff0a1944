"""The banners on a customer's own page: which there are, that they were seen, and put away."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tenure.act.channels.banner import name_of
from tenure.act.channels.channel import Report
from tenure.act.messages.hearing import take_reports
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import business_day
from tenure.strategy.messages import Channel

MOST = 2
_UP = (MessageState.SENT, MessageState.DELIVERED)


def banners_of(person_id: int, *, at: datetime) -> Sequence[Message]:
    """The newest banners that still hold and were not put away; none about a term that is over."""
    rows = Message.objects.filter(
        person=person_id,
        channel=Channel.BANNER,
        state__in=_UP,
        expires_at__gt=at,
        term__state="running",
    )
    return list(rows.order_by("-sent_at", "-pk")[:MOST])


def note_shown(banners: Sequence[Message], *, at: datetime) -> int:
    """They stand on a page that was asked for: delivered, once; how many are new."""
    fresh = [one for one in banners if one.state == MessageState.SENT]
    if not fresh:
        return 0
    return take_reports("banner", [_report(one, "delivered", at=at) for one in fresh], at=at)


@transaction.atomic
def put_away(person_id: int, message_id: int, *, at: datetime, by: str) -> bool:
    """The reader wants to see it no more; counted once. False where it is no banner of theirs."""
    found = Message.objects.filter(
        pk=message_id, person=person_id, channel=Channel.BANNER, state__in=_UP
    ).first()
    if found is None:
        return False
    take_reports("banner", [_report(found, "read", at=at)], at=at)
    fact = Fact(
        "banner.put_away",
        on=business_day(at),
        account_id=found.account_id,
        term_id=found.term_id,
        content={"message": found.pk, "step": found.step, "template": found.template},
        once_key=f"banner.put_away:{found.pk}",
    )
    append(fact, at=at, by=by)
    return True


def _report(one: Message, outcome: str, *, at: datetime) -> Report:
    return Report(f"{outcome}:{one.pk}", outcome, at, name_of(one.pk), one.pk)
