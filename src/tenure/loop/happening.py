"""Events that start plays and journeys: seconds after they arrived, each once (JRN-07)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from tenure.act.journeys.actions import start_event_plays
from tenure.kernel.clock import from_us, today
from tenure.observe.intake.models import IdentityLink, InboxEvent
from tenure.records.customers.models import Account, Person
from tenure.records.strategies.queries import NoStrategy, current
from tenure.records.subscriptions.models import Term

# Numbers may be given out in another order than they are committed: so far back is looked again.
OVERLAP: Final = 5_000
AT_ONCE: Final = 2_000


@dataclass(slots=True)
class EventWatch:
    """How far the inbox was looked at; what a look before started is not started again.

    A worker that begins reads whatever is not sealed yet, so an outage of less than a day loses
    nothing, and the send key of each term and play keeps it from being told twice.
    """

    reached: int = 0
    seen: set[int] = field(default_factory=set)

    def look(self, at: datetime, *, by: str) -> int:
        """Start the plays of what arrived since; how many messages or calls were planned."""
        try:
            strategy = current()
        except NoStrategy:
            return 0
        plays = {play.event for play in strategy.plays.values()}
        journeys = {journey.start.event for journey in strategy.journeys.values()}
        names = sorted((plays | journeys) - {""})
        newest = _newest() if names else self.reached
        if newest <= self.reached:
            return 0
        arrived = InboxEvent.objects.filter(
            sealed_at__isnull=True,
            name__in=names,
            pk__gt=self.reached - OVERLAP,
            pk__lte=newest,
        ).order_by("pk")
        rows = arrived.values_list("pk", "name", "source_id", "identity", "account_id", "known_us")
        fresh = [row for row in rows if row[0] not in self.seen]
        planned = 0
        for start in range(0, len(fresh), AT_ONCE):
            planned += _start(fresh[start : start + AT_ONCE], at=at, by=by)
        self.reached = newest
        self.seen = {pk for pk in self.seen | {row[0] for row in fresh} if pk > newest - OVERLAP}
        return planned


def _newest() -> int:
    found = InboxEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    return found or 0


def _start(
    rows: Sequence[tuple[int, str, int, str, int | None, int]], *, at: datetime, by: str
) -> int:
    unknown = {(source, identity) for _, _, source, identity, account, _ in rows if account is None}
    known, zone = _accounts(unknown), current().business.zone
    # By the day of arrival, however late it is looked at: a second look enters nobody again.
    by_name: defaultdict[tuple[str, date], set[int]] = defaultdict(set)
    for _, name, source, identity, account, known_us in rows:
        found = account if account is not None else known.get((source, identity))
        if found is not None:
            by_name[name, today(zone, min(at, from_us(known_us)))].add(found)
    done = 0
    for (name, on), accounts in sorted(by_name.items()):
        terms = Term.objects.filter(account__in=accounts, state="running", ends_on__gt=on)
        nearest = dict(terms.order_by("-ends_on", "-pk").values_list("account_id", "pk"))
        planned = start_event_plays(name, nearest.values(), on=on, at=at, by=by)
        done += planned.messages + planned.calls
    return done


def _accounts(identities: set[tuple[int, str]]) -> Mapping[tuple[int, str], int]:
    """Whose an identity is: the number of an account or a person, or a link to one of them."""
    if not identities:
        return {}
    named = {identity for _, identity in identities}
    links = IdentityLink.objects.filter(undone_at__isnull=True, known_as__in=named)
    same = {
        (source, known_as): belongs_to
        for source, known_as, belongs_to in links.values_list("source_id", "known_as", "belongs_to")
    }
    meant = {one: same.get(one, one[1]) for one in identities}
    numbers = set(meant.values()) | named
    people = Person.objects.filter(external_id__in=numbers).order_by("-account_id")
    accounts = Account.objects.filter(external_id__in=numbers).order_by("-pk")
    owners = dict(people.values_list("external_id", "account_id"))
    owners |= dict(accounts.values_list("external_id", "pk"))
    found = {one: owners.get(one[1], owners.get(number)) for one, number in meant.items()}
    return {one: account for one, account in found.items() if account is not None}
