"""The account: who one is here, and the devices on which one is signed in."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from tenure.act.channels.browsers import public_key
from tenure.act.channels.devices import devices_of
from tenure.records.access.queries import passkeys_of, sessions_of
from tenure.records.customers.queries import usable_points
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Right, Visitor, moment, opens

#: A device has a section of its own; its address means nothing to a reader.
PUSH: Final = "push"


@require_GET
@opens(Right.ACCOUNT)
def account(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Name, number, addresses and sessions."""
    now = moment()
    context = {
        "visitor": visitor,
        "points": [one for one in usable_points(visitor.person.pk) if one.channel != PUSH],
        "sessions": list(sessions_of(visitor.person.pk, at=now.at)[:20]),
        "passkeys": list(passkeys_of(visitor.person.pk)),
        "push_key": public_key(),
        "woken": devices_of(visitor.person.pk),
        "zone": now.strategy.business.zone,
        "has_groups": now.strategy.loyalty.together is not None,
        "is_account": True,
    }
    return draw(request, "portal/account.html", shown=context, now=now)
