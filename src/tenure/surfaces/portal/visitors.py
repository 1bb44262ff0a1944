"""Who stands before a page: a customer who signed in, or whoever holds a one-click link."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from tenure.act.self_service.links import BadLink, Link, LinkExpired, open_link
from tenure.kernel import clock
from tenure.records.access.models import CustomerSession
from tenure.records.access.queries import open_session
from tenure.records.access.rules import LINK_HOLDS, SESSION_HOLDS
from tenure.records.customers.models import Account, Person
from tenure.records.strategies.queries import current, one_reading
from tenure.strategy.sections import Strategy

SESSION_COOKIE: Final = "tenure_customer"
LINK_COOKIE: Final = "tenure_link"

type View = Callable[..., HttpResponseBase]


class Right(StrEnum):
    """One thing that a way in allows."""

    LOOK = "look"  # the contract: its plan, its end, its price
    RENEW = "renew"
    SWITCH_OFF = "switch_off"  # automatic renewal, never made harder than leaving it on
    CANCEL = "cancel"
    PREFERENCES = "preferences"
    EXPORT = "export"  # ask that a copy of the data is made, and be written where it is
    ACCOUNT = "account"  # everything else: names, documents, methods, data


EVERYTHING: Final = frozenset(Right)
# What a link opens that was made for a purpose. A spent one shows what became of it.
OPENED: Final[dict[str, frozenset[Right]]] = {
    "renew": frozenset({Right.LOOK, Right.RENEW, Right.SWITCH_OFF, Right.CANCEL}),
    "cancel": frozenset({Right.LOOK, Right.CANCEL, Right.SWITCH_OFF}),
    "unsubscribe": frozenset({Right.PREFERENCES}),
    "export": frozenset({Right.LOOK, Right.EXPORT}),
}
# Switching off stays as easy as it was to switch on from the page after paying (R-A-010).
# Data can be taken out as long as it is there, also after the end (JRN-06).
LEFT_WHEN_SPENT: Final = frozenset({Right.LOOK, Right.SWITCH_OFF, Right.EXPORT})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever stands before a page, and how far the door is open."""

    person: Person
    may: frozenset[Right]
    session: CustomerSession | None = None
    link: Link | None = None

    @property
    def account(self) -> Account:
        return self.person.account

    @property
    def account_id(self) -> int:
        return self.person.account_id

    @property
    def by(self) -> str:
        """How the journal names this visitor."""
        return f"customer:{self.person.pk}"

    @property
    def is_signed_in(self) -> bool:
        return self.session is not None

    @property
    def shown_name(self) -> str:
        """The name; by a link only its first character (R-Y-069)."""
        return self.person.name if self.is_signed_in else f"{self.person.name[:1]}*"

    @property
    def shown_number(self) -> str:
        """The customer number; by a link only its last four characters."""
        number = self.account.external_id
        return number if self.is_signed_in else f"…{number[-4:]}"


@dataclass(frozen=True, slots=True)
class Moment:
    """When a page is asked for, and by which rules the business lives that day."""

    at: datetime
    on: date
    strategy: Strategy


def moment() -> Moment:
    """This moment in the business's zone; one query for the strategy in force."""
    strategy, at = current(), clock.now()
    on = clock.today(strategy.business.zone, at)
    return Moment(at, on, strategy.at(on))


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Who asks, by the cookie of a link or of a session; looked up once for a request."""
    if not hasattr(request, "visitor"):
        request.visitor = _by_link(request) or _by_session(request)  # type: ignore[attr-defined]
    found: Visitor | None = request.visitor  # type: ignore[attr-defined]
    return found


def opens(right: Right) -> Callable[[View], View]:
    """A view that opens to a visitor with this right; anybody else is led to the sign-in."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            visitor = visitor_of(request)
            if visitor is None or right not in visitor.may:
                return to_sign_in(request)
            with one_reading():
                return view(request, visitor, *args, **kwargs)

        return guarded

    return wrap


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in, and from there back to where the visitor wanted to go."""
    wanted = request.get_full_path() if request.method == "GET" else reverse("portal:home")
    return redirect(f"{reverse('portal:sign-in')}?{urlencode({'next': wanted})}")


def remember_session(response: HttpResponse, token: str, *, request: HttpRequest) -> None:
    """Hand the session's token to the browser; an older link no longer narrows what is shown."""
    _set(response, (SESSION_COOKIE, token), request=request, held=SESSION_HOLDS)
    response.delete_cookie(LINK_COOKIE)


def remember_link(response: HttpResponse, token: str, *, link: Link, request: HttpRequest) -> None:
    """Keep a link for the pages that follow; it is proved anew on each of them."""
    cookie = (LINK_COOKIE, f"{link.purpose}:{token}")
    _set(response, cookie, request=request, held=LINK_HOLDS)


def forget(response: HttpResponse) -> None:
    """Nobody is remembered in this browser any more."""
    response.delete_cookie(SESSION_COOKIE)
    response.delete_cookie(LINK_COOKIE)


def _set(
    response: HttpResponse, cookie: tuple[str, str], *, request: HttpRequest, held: timedelta
) -> None:
    name, value = cookie
    response.set_cookie(
        name, value, max_age=held, httponly=True, samesite="Lax", secure=request.is_secure()
    )


def _by_link(request: HttpRequest) -> Visitor | None:
    purpose, _, token = request.COOKIES.get(LINK_COOKIE, "").partition(":")
    if purpose not in OPENED or not token:
        return None
    try:
        link = open_link(token, purpose=purpose, at=clock.now())
    except (BadLink, LinkExpired):
        return None
    may = OPENED[purpose] & LEFT_WHEN_SPENT if link.is_spent else OPENED[purpose]
    return Visitor(link.person, may, link=link)


def _by_session(request: HttpRequest) -> Visitor | None:
    token = request.COOKIES.get(SESSION_COOKIE, "")
    session = open_session(token, at=clock.now()) if token else None
    return Visitor(session.person, EVERYTHING, session=session) if session else None
