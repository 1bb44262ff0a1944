"""A segment for advertising: who would be told to a platform, who not and why, and the file."""

from typing import Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tenure.act.audiences import queries
from tenure.act.audiences.actions import export
from tenure.act.audiences.rules import Platform
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, needs

PLATFORM: Final = "platform"


@needs(Right.ACT)
def audience(request: HttpRequest, name: str) -> HttpResponse:
    """The dry run for each platform, and the files that were made; nothing leaves."""
    stands = shell.standing()
    on = stands.as_of or clock.today(stands.zone, clock.now())
    try:
        found = queries.audiences(name, list(Platform), as_of=on)
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
        return redirect("console:segments")
    shown = {
        "shell": shell.of(request, stands),
        "name": name,
        "audiences": [(one, sorted(one.left.items()), len(one.named)) for one in found],
        "exports": queries.exports(name),
    }
    return render(request, "console/audience.html", shown)


@require_POST
@needs(Right.ACT)
def file(request: HttpRequest, name: str) -> HttpResponse:
    """Make the file for one platform; who made it stands in the journal."""
    wanted = request.POST.get(PLATFORM, "")
    if wanted not in set(Platform):
        raise BadRequest
    stands, at = shell.standing(), clock.now()
    on = stands.as_of or clock.today(stands.zone, at)
    try:
        made = export(name, Platform(wanted), as_of=on, at=at, by=actor(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
        return redirect("console:audience", name)
    response = HttpResponse(made.content, content_type="application/zip")
    filename = f"audience-{made.export.pk}-{wanted}.zip"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
