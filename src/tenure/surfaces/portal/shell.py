"""What stands around every page of the portal: who serves here, the ways around, the footer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from tenure.strategy.business import Business
from tenure.surfaces import wording
from tenure.surfaces.portal.visitors import Moment, Visitor, moment, visitor_of


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one page."""

    business: str
    phone: str
    postal_address: str
    legal: Business
    cancel_url: str
    visitor: Visitor | None
    german_cancel_label: str = "Verträge hier kündigen"  # the words of § 312k BGB


def draw(
    request: HttpRequest,
    template: str,
    *,
    shown: Mapping[str, Any] | None = None,
    status: int = 200,
    now: Moment | None = None,
) -> HttpResponse:
    """One page of the portal, in its frame."""
    stands = now or moment()
    frame = frame_of(stands.strategy.business, visitor_of(request))
    return render(
        request, template, {"frame": frame, "look": "tn-p", **(shown or {})}, status=status
    )


def frame_of(business: Business, visitor: Visitor | None) -> Frame:
    """The frame for a visitor, in the language of the page."""
    language = wording.reader_language()
    return Frame(
        business=business.name.say(language),
        phone=business.support_phone,
        postal_address=business.postal_address.say(language),
        legal=business,
        cancel_url=_cancel_url(),
        visitor=visitor,
    )


def tongue(language: str) -> str:
    """A person's language as Django names it."""
    return "en" if language == "en" else "zh-hans"


def is_english() -> bool:
    """Whether the page is drawn in English."""
    return translation.get_language() == "en"


def _cancel_url() -> str:
    """Where a contract is ended; the footer leads there from every page (R-U-008)."""
    try:
        return reverse("portal:cancel")
    except NoReverseMatch:
        return ""
