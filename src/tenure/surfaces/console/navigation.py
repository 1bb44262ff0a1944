"""Where one can go: the places of the console by what they are for, and who may see which."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenure.surfaces.console.access import Right, may


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
    """A headed list of places; what is not needed every day is folded."""

    title: str
    items: tuple[Item, ...]
    folds: bool = False

    @property
    def is_current(self) -> bool:
        """Whether the page that is shown is one of these places."""
        return any(item.is_current for item in self.items)


@dataclass(frozen=True)
class _Place:
    """A place as it is declared: it leads to the first of `names`, the others are pages in it."""

    title: Promise
    icon: str
    key: str
    names: tuple[str, ...]
    right: Right | None = None


@dataclass(frozen=True)
class _Room:
    """The places of one purpose."""

    title: Promise
    places: tuple[_Place, ...]
    folds: bool = False


_TODOS: Final = "todos"
_PEOPLE = (
    *("segments", "segment", "audience", "health", "drivers"),
    *("low-use", "high-use", "benefit-scores"),
)
_PATHS = ("journeys", "journey", "journey-edit", "dry-run", "ahead", "calendar")
_CAMPAIGNS = ("campaigns", "campaign", "campaign-rehearsal", "salons", "salon-guests")
_OUTBOX = ("outbox", "message", "letters", "domain")
_TRIED = ("experiments", "experiment", "strategy", "rehearsals", "rehearsal")
_FIGURES = ("metrics", "metric", "own-metrics", "what-if", "funnel")
_SEE, _MANY, _FINANCE = Right.SEE_PEOPLE, Right.RENEW_MANY, Right.FINANCE
_ROOMS: Final = (
    _Room(
        _("Daily"),
        (
            _Place(_("Today"), "sun-high", "t", ("today",)),
            _Place(_("Customers"), "users", "c", ("customers", "valued", "customer", "renewal")),
            _Place(_("To-dos"), "clipboard-plus", "d", (_TODOS,), _SEE),
        ),
    ),
    _Room(
        _("Orchestrate"),
        (
            _Place(_("Segments"), "users-group", "s", _PEOPLE),
            _Place(_("Journeys"), "route", "y", _PATHS),
            _Place(_("Campaigns"), "calendar-event", "a", _CAMPAIGNS),
            _Place(_("Outbox"), "message", "o", _OUTBOX, _SEE),
        ),
    ),
    _Room(
        _("Decide"),
        (
            _Place(_("Decisions"), "git-branch", "n", ("decisions", "plans", "guardrails")),
            _Place(_("Experiments"), "flask", "x", _TRIED),
            _Place(_("Metrics"), "chart-line", "m", _FIGURES),
            _Place(_("Forecast"), "calendar-event", "f", ("forecast",)),
        ),
    ),
    _Room(
        _("Listen and learn"),
        (
            _Place(
                _("Voice"), "message-circle", "v", ("voice", "topics", "why", "surveys", "intent")
            ),
            _Place(_("Leaving"), "logout", "l", ("leaving",)),
            _Place(_("Models"), "wand", "e", ("models",)),
        ),
        folds=True,
    ),
    _Room(
        _("Given to customers"),
        (
            _Place(_("Presents and trials"), "gift", "g", ("gifts",), _SEE),
            _Place(_("Promises"), "award", "h", ("promises",), _SEE),
            _Place(_("Goodwill"), "heart-handshake", "w", ("goodwill",), _SEE),
            _Place(_("Reward points"), "award", "u", ("points",), _SEE),
        ),
        folds=True,
    ),
    _Room(
        _("Money"),
        (
            _Place(_("Batches"), "file-spreadsheet", "b", ("batches", "batch", "batch-new"), _MANY),
            _Place(_("Payments"), "credit-card", "p", ("payments", "payment"), _FINANCE),
            _Place(_("Reconciliation"), "scale", "k", ("bills", "bill", "deferred"), _FINANCE),
            _Place(_("Papers"), "file-text", "i", ("invoices", "contracts", "documents"), _FINANCE),
        ),
        folds=True,
    ),
    _Room(
        _("Duties"),
        (
            _Place(_("Data requests"), "lock", "r", ("own-data",), _SEE),
            _Place(_("Retention"), "hourglass", "q", ("retention",), _SEE),
            _Place(_("Journal"), "history", "j", ("journal",), Right.AUDIT),
        ),
        folds=True,
    ),
)


def groups(request: HttpRequest, *, waiting: int) -> tuple[Group, ...]:
    """The places that whoever asks may see, by purpose; `waiting` to-dos stand beside theirs."""
    here = (request.resolver_match.url_name if request.resolver_match else "") or ""
    counts = {_TODOS: waiting}
    found = (
        Group(str(room.title), tuple(_items(request, room, here=here, counts=counts)), room.folds)
        for room in _ROOMS
    )
    return tuple(group for group in found if group.items)


def _items(
    request: HttpRequest, room: _Room, *, here: str, counts: dict[str, int]
) -> Iterator[Item]:
    for place in room.places:
        if place.right is not None and not may(request, place.right):
            continue
        yield Item(
            str(place.title),
            place.icon,
            place.key,
            reverse(f"console:{place.names[0]}"),
            is_current=here in place.names,
            count=counts.get(place.names[0], 0),
        )
