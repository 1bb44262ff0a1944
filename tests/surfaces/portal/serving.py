"""The customers' pages on a real server, with links of customers who are about to leave."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.surfaces.console.serving import serve, told_by_demo

# Customers to whom the first visit shows the first rung: the engine itself is asked.
LINKS = """
import json, django
django.setup()
from datetime import timedelta
from tenure.act.self_service.links import link_token
from tenure.decide.saves.queries import situation_of
from tenure.decide.saves.rules import choose
from tenure.kernel.clock import now, today
from tenure.records.cancellations.models import Cancellation
from tenure.records.customers.models import Person
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
strategy, at = current(), now()
on = today(strategy.business.zone, at)
terms = Term.objects.filter(
    state="running", ends_on__gt=on + timedelta(days=9), extended_days=0, account__country="CN",
).order_by("pk")
found = []
for term in terms:
    visit = Cancellation(term_id=term.pk)
    chosen = choose(situation_of(visit, strategy=strategy, on=on, at=at), strategy.saves).save
    person = Person.objects.filter(account=term.account_id, is_primary=True).first()
    if chosen is None or chosen.rung != 1 or person is None:
        continue
    until = at + timedelta(days=2)
    found.append({way: link_token(term.pk, person.pk, purpose=way, expires_at=until)
                  for way in ("renew", "cancel")})
    if len(found) == 40:
        break
print(json.dumps(found))
"""


@dataclass(frozen=True, slots=True)
class Portal:
    """Where the pages are, and an unused customer's links each time one is asked for."""

    address: str
    links: Iterator[dict[str, str]]

    def link(self, way: str) -> str:
        """The address of a one-click link of a customer whom nobody used yet."""
        return f"{self.address}/{way}/{next(self.links)[way]}"


def links() -> Iterator[dict[str, str]]:
    """They hold in every copy of the demo: whose they are and what seals them is copied too."""
    return iter(json.loads(told_by_demo("links", LINKS)))


@contextmanager
def serve_portal(home: Path) -> Iterator[Portal]:
    """Build the demo's business, and serve it until the block ends."""
    with serve(home) as served:
        yield Portal(served.address, links())
