"""The preference centre: what may be sent where and when, and what is thought about somebody."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tenure.act.care.reviews import ask_review, open_review
from tenure.act.self_service.confirming import Asking, apart, ask_to_confirm
from tenure.records.customers.actions import choose, refuse_tag, set_preferences
from tenure.records.customers.confirming import waits
from tenure.records.customers.queries import choices_of, usable_points
from tenure.strategy.tags import Tag
from tenure.surfaces.console.views.session import YEAR_SECONDS
from tenure.surfaces.portal.forms import PURPOSES, SHARED_BY, SHARING, shared, wished
from tenure.surfaces.portal.shell import draw, tongue
from tenure.surfaces.portal.visitors import Moment, Right, Visitor, moment, opens
from tenure.understand.tags.queries import tags_of


@dataclass(frozen=True, slots=True)
class Cell:
    """One purpose on one channel, and whether it is allowed now."""

    value: str
    channel: str
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One purpose with its channels."""

    purpose: str
    cells: tuple[Cell, ...]


@require_http_methods(["GET", "POST"])
@opens(Right.PREFERENCES)
def preferences(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what is chosen, and take another choice; no login is needed from a signed link."""
    now, person = moment(), visitor.person
    channels = _channels(person.pk)
    if request.method == "POST":
        wish = wished(request.POST, person=person, channels=channels)
        sharing = shared(request.POST, channels=channels, said=choices_of(person.pk))
        at_once, confirmed = apart(wish.choices, person=person, strategy=now.strategy)
        choose(person.pk, [*at_once, *sharing], on=now.on, at=now.at, by=visitor.by)
        set_preferences(person.pk, wish.preferences, on=now.on, at=now.at, by=visitor.by)
        messages.success(request, gettext("Saved. It holds from now on."))
        if confirmed:
            _ask_to_confirm(request, visitor, now=now)
        response = redirect("portal:preferences")
        language = tongue(wish.preferences.language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_SECONDS, samesite="Lax"
        )
        return response
    context = {
        "visitor": visitor,
        "person": person,
        "channels": channels,
        "can_share": bool(set(channels) & set(SHARED_BY)),
        "is_shared": _is_shared(person.pk),
        "rows": _rows(person.pk, channels),
        "waiting": waits(person.pk, at=now.at).get(("marketing", "email")),
        "review": open_review(visitor.account_id),
        "tags": _tags(visitor, now) if visitor.is_signed_in else [],
    }
    return draw(request, "portal/preferences.html", shown=context, now=now)


def _ask_to_confirm(request: HttpRequest, visitor: Visitor, *, now: Moment) -> None:
    """Send the mail whose click confirms what was ticked; until then nothing is allowed."""
    asking = Asking(visitor.person, now.strategy, ip=str(request.META.get("REMOTE_ADDR", "")))
    if ask_to_confirm(asking, on=now.on, at=now.at, by=visitor.by) is not None:
        messages.info(
            request, gettext("We sent you a mail: offers come only after you confirm in it.")
        )


@require_POST
@opens(Right.PREFERENCES)
def ask_person(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A person looks at what was chosen automatically (R-P-004); asked again, one request waits."""
    ask_review(visitor.account_id, at=moment().at, by=visitor.by)
    messages.success(request, gettext("A person looks at it and answers you."))
    return redirect("portal:preferences")


@require_POST
@opens(Right.ACCOUNT)
def delete_tag(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Delete one tag, for good (R-P-005)."""
    now = moment()
    tag = request.POST.get("tag", "")
    if tag in {one.id for one in _tags(visitor, now)}:
        refuse_tag(visitor.account_id, tag, on=now.on, at=now.at, by=visitor.by)
        messages.success(request, gettext("The tag is deleted and will not come back."))
    return redirect("portal:preferences")


def _channels(person_id: int) -> list[str]:
    """The channels on which a person can be reached, each once."""
    return sorted({point.channel for point in usable_points(person_id)})


def _is_shared(person_id: int) -> bool:
    """Whether platforms of advertising may know some address, as a hash."""
    said = choices_of(person_id)
    return any(said.get((SHARING, channel), False) for channel in SHARED_BY)


def _rows(person_id: int, channels: list[str]) -> list[Row]:
    """What may be sent now: service unless it was refused, marketing only if it was allowed."""
    said = choices_of(person_id)
    return [
        Row(
            purpose,
            tuple(
                Cell(
                    f"{purpose}:{channel}",
                    channel,
                    said.get((purpose, channel), purpose != "marketing"),
                )
                for channel in channels
            ),
        )
        for purpose in PURPOSES
    ]


def _tags(visitor: Visitor, now: Moment) -> list[Tag]:
    """The tags that the account carries, each once."""
    carried = tags_of(visitor.account_id, as_of=now.on)
    return list({tag.id: tag for one in carried for tag in one.tags}.values())
