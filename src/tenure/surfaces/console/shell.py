"""What stands around every page: navigation with work waiting, the business, the freshness."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Subquery
from django.http import HttpRequest

from tenure.kernel import clock
from tenure.records.jobs.models import Run
from tenure.records.strategies import queries as strategies
from tenure.records.strategies.models import Revision
from tenure.records.success.models import ToDo
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console.navigation import Group, groups

STALE_AFTER_DAYS = 1


@dataclass(frozen=True)
class Standing:
    """What a page is drawn from: the rules, the last finished day, and the work that waits."""

    strategy: Strategy
    as_of: date | None
    finished_at: datetime | None
    stages: Mapping[str, Mapping[str, Any]]
    waiting: int

    @property
    def zone(self) -> str:
        return self.strategy.business.zone


@dataclass(frozen=True)
class Shell:
    """The frame of one page."""

    business: str
    zone: str
    currency: str
    navigation: tuple[Group, ...]
    as_of: date | None
    data_as_of: str
    freshness: str
    initial: str


def standing() -> Standing:
    """One query for what every page needs; the strategy itself is kept by its hash.

    Raises:
        NoStrategy: none was applied yet.
    """
    finished = Run.objects.filter(finished_at__isnull=False).order_by("-as_of")
    open_todos = ToDo.objects.filter(state=ToDo.State.OPEN).order_by().values("state")
    newest = Revision.objects.order_by("-applied_at", "-pk").values_list(
        "content_hash",
        Subquery(finished.values("as_of")[:1]),
        Subquery(finished.values("finished_at")[:1]),
        Subquery(finished.values("stages")[:1]),
        Subquery(open_todos.annotate(n=Count("pk")).values("n")),
    )
    found = newest.first()
    if found is None:
        raise strategies.NoStrategy()
    content_hash, as_of, finished_at, stages, waiting = found
    strategy = strategies.read_already(content_hash)
    return Standing(strategy, as_of, finished_at, stages or {}, waiting or 0)


def of(request: HttpRequest, stands: Standing | None = None) -> Shell:
    """The frame around one page for whoever asks."""
    stands = stands or standing()
    language = wording.reader_language()
    business = stands.strategy.business
    today = clock.today(business.zone, clock.now())
    as_of = stands.as_of
    is_fresh = as_of is not None and (today - as_of).days <= STALE_AFTER_DAYS
    return Shell(
        business=business.name.say(language),
        zone=business.zone,
        currency=business.currency,
        navigation=groups(request, waiting=stands.waiting),
        as_of=as_of,
        data_as_of="" if as_of is None else wording.day(as_of, language),
        freshness="good" if is_fresh else "warn",
        initial=request.user.get_username()[:1].upper(),
    )
