"""An address that a server called dead is never used again."""

from dataclasses import dataclass
from datetime import date, datetime

from tenure.records.customers.models import ContactPoint
from tenure.records.journal.actions import Fact, append


@dataclass(frozen=True, slots=True)
class Dead:
    """The address of a person that does not exist any more, and the server's code."""

    account_id: int
    person_id: int
    channel: str
    address: str
    code: str


def bury(dead: Dead, *, on: date, at: datetime, by: str) -> bool:
    """Mark this one address, in the caller's transaction; False where it was marked before."""
    points = ContactPoint.objects.filter(
        person_id=dead.person_id,
        channel=dead.channel,
        address=dead.address,
        bounced_at__isnull=True,
    )
    if not points.update(bounced_at=at):
        return False
    content = {"person": dead.person_id, "channel": dead.channel, "code": dead.code}
    fact = Fact("contact_point.bounced", on=on, account_id=dead.account_id, content=content)
    append(fact, at=at, by=by)
    return True
