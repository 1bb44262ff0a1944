"""Confirm on a durable medium that a right to withdraw was given up (R-A-053; CRD art. 8(7)(b))."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from tenure.act.messages.own import template_of
from tenure.act.messages.own_waiver import WAIVER_CONFIRMED, WAIVERS, waiver_key
from tenure.records.cancellations.models import WithdrawalWaiver
from tenure.records.contacts.models import Message
from tenure.records.customers.queries import primary_person, usable_points
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current

HOLDS: Final = timedelta(days=30)


def confirm_waivers(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """One mail about each waiver whose order was concluded and given, once; how many were new.

    An order that nobody paid is no contract: its waiver gave nothing up, and is not confirmed.
    """
    on_days = {entry.content.get("order"): entry.on for entry in entries}
    names = [name for name in on_days if name]
    given = WithdrawalWaiver.objects.filter(order__public_id__in=names).select_related("order")
    return sum(
        _confirm(one, on=on_days[one.order.public_id], at=at, by=by) for one in given.order_by("pk")
    )


@transaction.atomic
def _confirm(waiver: WithdrawalWaiver, *, on: date, at: datetime, by: str) -> bool:
    term_id = waiver.order.subject.get("term_id")
    person = primary_person(waiver.account_id)
    template = template_of(WAIVER_CONFIRMED, strategy=current())
    if person is None or term_id is None or template is None:
        return False
    addresses = [one.address for one in usable_points(person.pk) if one.channel == "email"]
    message, is_new = Message.objects.get_or_create(
        send_key=waiver_key(waiver.order.public_id),
        defaults={
            "account_id": waiver.account_id,
            "person": person,
            "term_id": term_id,
            "journey": WAIVERS,
            "step": WAIVER_CONFIRMED,
            "template": WAIVER_CONFIRMED,
            "message_class": template.message_class,
            "channel": "email",
            "language": waiver.language,
            "address": addresses[0] if addresses else "",
            "planned_at": at,
            "send_after": at,
            "expires_at": at + HOLDS,
        },
    )
    if is_new:
        content = {"message": message.pk, "template": WAIVER_CONFIRMED, "channel": "email"}
        fact = Fact(
            "message.planned", on=on, account_id=waiver.account_id, term_id=term_id, content=content
        )
        append(fact, at=at, by=by)
    return is_new
