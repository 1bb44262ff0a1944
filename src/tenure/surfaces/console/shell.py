"""What stands around every page: navigation with work waiting, the business, the freshness."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext

from tenure.kernel import clock
from tenure.records.jobs.models import Run
from tenure.records.strategies import queries as strategies
from tenure.records.success.models import ToDo
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording

STALE_AFTER_DAYS = 1


@dataclass(frozen=True)
class Item:
    """One place to go."""

    title: str
    icon: str
    address: str
    is_current: bool
    count: int = 0


@dataclass(frozen=True)
class Group:
    """A headed list of places."""

    title: str
    items: tuple[Item, ...]


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


def of(request: HttpRequest) -> Shell:
    """Three queries: the strategy (cached by hash), the last finished run, the open to-dos."""
    language = get_language() or "zh-hans"
    business = current_strategy().business
    last = Run.objects.filter(finished_at__isnull=False).order_by("-as_of").first()
    today = clock.today(business.zone, clock.now())
    as_of = None if last is None else last.as_of
    is_fresh = as_of is not None and (today - as_of).days <= STALE_AFTER_DAYS
    return Shell(
        business=business.name.say(language),
        zone=business.zone,
        currency=business.currency,
        navigation=_navigation(request, ToDo.objects.filter(state=ToDo.State.OPEN).count()),
        as_of=as_of,
        data_as_of="" if as_of is None else wording.day(as_of, language),
        freshness="good" if is_fresh else "warn",
        initial=request.user.get_username()[:1].upper(),
    )


def current_strategy() -> Strategy:
    """The applied strategy."""
    return strategies.current()


def _navigation(request: HttpRequest, waiting: int) -> tuple[Group, ...]:
    here = request.resolver_match.url_name if request.resolver_match else ""

    def item(title: str, icon: str, *names: str, count: int = 0) -> Item:
        address = reverse(f"console:{names[0]}")
        return Item(title, icon, address, is_current=here in names, count=count)

    return (
        Group(
            gettext("Daily"),
            (
                item(gettext("Today"), "sun-high", "today"),
                item(gettext("Customers"), "users", "customers", "customer"),
                item(gettext("To-dos"), "clipboard-plus", "todos", count=waiting),
            ),
        ),
        Group(
            gettext("Evidence"),
            (
                item(gettext("Outbox"), "message", "outbox", "message"),
                item(gettext("Journal"), "history", "journal"),
            ),
        ),
    )
