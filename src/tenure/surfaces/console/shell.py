"""What stands around every page: navigation with work waiting, the business, the freshness."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from tenure.kernel import clock
from tenure.records.jobs.models import Run
from tenure.records.strategies import queries as strategies
from tenure.records.strategies.models import Revision
from tenure.records.success.models import ToDo
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console.access import Right, may

STALE_AFTER_DAYS = 1
_TRIED = ("experiments", "experiment", "strategy", "rehearsals", "rehearsal")
_DECIDED = ("decisions", "plans", "guardrails")
_OUTBOX = ("outbox", "message", "letters", "domain")
_PEOPLE = (
    *("segments", "segment", "audience", "health", "drivers"),
    *("low-use", "high-use", "benefit-scores"),
)
_CAMPAIGNS = ("campaigns", "campaign", "campaign-rehearsal", "salons", "salon-guests")


@dataclass(frozen=True)
class Item:
    """One place to go."""

    title: str
    icon: str
    key: str  # after `g`, leads here
    address: str
    is_current: bool
    count: int = 0


@dataclass(frozen=True)
class Group:
    """A headed list of places."""

    title: str
    items: tuple[Item, ...]


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
        navigation=_navigation(request, stands.waiting),
        as_of=as_of,
        data_as_of="" if as_of is None else wording.day(as_of, language),
        freshness="good" if is_fresh else "warn",
        initial=request.user.get_username()[:1].upper(),
    )


def _navigation(request: HttpRequest, waiting: int) -> tuple[Group, ...]:
    here = request.resolver_match.url_name if request.resolver_match else ""

    def item(title: str, icon: str, *names: str, key: str, count: int = 0) -> Item:
        address = reverse(f"console:{names[0]}")
        return Item(title, icon, key, address, is_current=here in names, count=count)

    daily = [
        item(gettext("Today"), "sun-high", "today", key="t"),
        item(gettext("Customers"), "users", "customers", "valued", "customer", "renewal", key="c"),
    ]
    daily.append(item(gettext("Segments"), "users-group", *_PEOPLE, key="s"))
    paths = ("journeys", "journey", "journey-edit", "dry-run", "ahead", "calendar")
    daily.append(item(gettext("Journeys"), "route", *paths, key="y"))
    daily.append(item(gettext("Campaigns"), "calendar-event", *_CAMPAIGNS, key="a"))
    evidence = []
    if may(request, Right.SEE_PEOPLE):
        daily.append(item(gettext("To-dos"), "clipboard-plus", "todos", key="d", count=waiting))
        daily.append(item(gettext("Presents and trials"), "gift", "gifts", key="g"))
        daily.append(item(gettext("Promises"), "award", "promises", key="h"))
        daily.append(item(gettext("Goodwill"), "heart-handshake", "goodwill", key="w"))
        daily.append(item(gettext("Reward points"), "award", "points", key="u"))
        evidence.append(item(gettext("Outbox"), "message", *_OUTBOX, key="o"))
    if may(request, Right.RENEW_MANY):
        daily.append(
            item(gettext("Batches"), "file-spreadsheet", "batches", "batch", "batch-new", key="b")
        )
    if may(request, Right.FINANCE):
        daily.append(item(gettext("Payments"), "credit-card", "payments", "payment", key="p"))
        daily.append(item(gettext("Reconciliation"), "scale", "bills", "bill", "deferred", key="k"))
        names = ("invoices", "contracts", "documents")
        daily.append(item(gettext("Papers"), "file-text", *names, key="i"))
    evidence.append(item(gettext("Decisions"), "git-branch", *_DECIDED, key="n"))
    evidence.append(item(gettext("Experiments"), "flask", *_TRIED, key="x"))
    voices = ("voice", "topics", "why", "surveys", "intent")
    evidence.append(item(gettext("Voice"), "message-circle", *voices, key="v"))
    figures = ("metrics", "metric", "own-metrics", "what-if", "funnel")
    evidence.append(item(gettext("Metrics"), "chart-line", *figures, key="m"))
    evidence.append(item(gettext("Forecast"), "calendar-event", "forecast", key="f"))
    evidence.append(item(gettext("Models"), "wand", "models", key="e"))
    evidence.append(item(gettext("Leaving"), "logout", "leaving", key="l"))
    if may(request, Right.SEE_PEOPLE):
        evidence.append(item(gettext("Data requests"), "lock", "own-data", key="r"))
        evidence.append(item(gettext("Retention"), "hourglass", "retention", key="q"))
    if may(request, Right.AUDIT):
        evidence.append(item(gettext("Journal"), "history", "journal", key="j"))
    groups = (Group(gettext("Daily"), tuple(daily)), Group(gettext("Evidence"), tuple(evidence)))
    return tuple(group for group in groups if group.items)
