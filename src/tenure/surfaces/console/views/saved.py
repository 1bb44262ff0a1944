"""Saved views: the address of a page with its filters, under a name, for oneself or for all."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.records.views.actions import Wanted, remove_view, save_view
from tenure.records.views.queries import views_for
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, needs
from tenure.surfaces.console.views.session import is_ours

_LONGEST = 1000
# In the session: the view that was taken away last, until the list was shown once (R-U-036).
_GONE = "view_gone"


@needs(Right.READ)
def saved(request: HttpRequest) -> HttpResponse:
    """One's own views and those that are shared; `at` names the page that may be kept (R-U-034)."""
    address = request.GET.get("at", "")
    gone = request.session.pop(_GONE, None)
    shown = {
        "shell": shell.of(request),
        "gone": gone if gone and _is_page(request, gone["address"]) else None,
        "views": views_for(actor(request)),
        "me": actor(request),
        "at": address if _is_page(request, address) else "",
    }
    return render(request, "console/saved.html", shown)


@require_POST
@needs(Right.READ)
def save(request: HttpRequest) -> HttpResponse:
    """Keep a page under a name."""
    address = request.POST.get("at", "")
    if not _is_page(request, address):
        raise BadRequest
    wanted = Wanted(request.POST.get("name", ""), address, bool(request.POST.get("shared")))
    now = clock.now()
    try:
        on = clock.today(shell.standing().zone, now)
        save_view(wanted, owner=actor(request), on=on, at=now)
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
        return redirect("console:saved")
    messages.success(request, gettext("The view is saved."))
    return redirect(address)


@require_POST
@needs(Right.READ)
def remove(request: HttpRequest, view_id: int) -> HttpResponse:
    """Take one's own view away."""
    now = clock.now()
    on = clock.today(shell.standing().zone, now)
    gone = next((one for one in views_for(actor(request)) if one.pk == view_id), None)
    if remove_view(view_id, owner=actor(request), on=on, at=now) and gone is not None:
        request.session[_GONE] = {
            "name": gone.name, "address": gone.address, "is_shared": gone.is_shared,
        }  # fmt: skip
        messages.success(request, gettext("The view is gone; the page itself is as it was."))
    return redirect("console:saved")


def _is_page(request: HttpRequest, address: str) -> bool:
    """Whether an address is a page of this console, and nothing outside."""
    if not address.startswith("/") or len(address) > _LONGEST or not is_ours(request, address):
        return False
    try:
        return resolve(urlsplit(address).path).app_name == "console"
    except Resolver404:
        return False
