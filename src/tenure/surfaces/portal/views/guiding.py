"""Something does not work: questions that lead to what helps, or to a person (AI-03).

The way through the questions stands in the address, so the back button goes one question back, and
nothing is remembered of anybody before an end is reached.
"""

from collections.abc import Sequence
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenure.act.self_service.guiding import Walked, end_guide
from tenure.act.self_service.meaning import MOST_TEXT, answer_meant
from tenure.strategy.guide import End, Step
from tenure.surfaces import wording
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Moment, Right, Visitor, moment, opens

_MOST_STEPS: Final = 40


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Right.ACCOUNT)
def guide(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One question with its answers; an answer leads to the next one, or to an end."""
    now = moment()
    tree = now.strategy.guide
    if not tree.is_there:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    way = _way(given.get("way", ""))
    here = tree.reached(way)
    if here is None:
        return redirect("portal:guide")
    if request.method == "POST" and not isinstance(here, End):
        return _answered(request, visitor, now, way=way, here=here)
    shown = {
        "here": here,
        "is_end": isinstance(here, End),
        "way": ".".join(map(str, way)),
        "told": tree.walked(way),
        "back": _address(way[:-1]) if way else "",
        "writes": not way,
    }
    return draw(request, "portal/guide.html", shown=shown, now=now)


def _answered(
    request: HttpRequest, visitor: Visitor, now: Moment, *, way: Sequence[int], here: Step
) -> HttpResponse:
    language = visitor.person.language or wording.reader_language()
    number = _number(request, here, language=language)
    if number is None:
        messages.info(request, gettext("No answer fits these words. Choose one below."))
        return HttpResponseRedirect(_address(way))
    further = [*way, number]
    tree = now.strategy.guide
    told, end = tree.walked(further), tree.reached(further)
    if told is None:
        return redirect("portal:guide")
    if isinstance(end, End):
        walked = Walked(further, told, end, language)
        end_guide(visitor.account_id, walked, on=now.on, at=now.at, by=visitor.by)
    return HttpResponseRedirect(_address(further))


def _number(request: HttpRequest, here: Step, *, language: str) -> int | None:
    """The answer that was chosen, or that the customer's own words mean."""
    chosen = request.POST.get("answer", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 3:
        return int(chosen)
    return answer_meant(here, request.POST.get("text", "")[:MOST_TEXT], language=language)


def _way(text: str) -> list[int]:
    """The numbers of a way; none where it is no way that we could have written."""
    parts = text.split(".") if text else []
    is_ours = all(one.isascii() and one.isdigit() and len(one) < 3 for one in parts)
    return [int(one) for one in parts] if is_ours and len(parts) <= _MOST_STEPS else []


def _address(way: Sequence[int]) -> str:
    asked = urlencode({"way": ".".join(map(str, way))}) if way else ""
    return f"{reverse('portal:guide')}?{asked}" if asked else reverse("portal:guide")
