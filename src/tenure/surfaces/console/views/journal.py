"""The journal of everybody: what happened, by whom, when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.records.journal.models import Entry
from tenure.surfaces.console import paging, shell
from tenure.surfaces.console.access import Right, needs


@needs(Right.AUDIT)
def journal(request: HttpRequest) -> HttpResponse:
    """The newest entries, by kind."""
    kind = request.GET.get("kind", "")
    rows = Entry.objects.select_related("account")
    if kind:
        rows = rows.filter(kind=kind)
    page = paging.newest(rows, request.GET.get("before", ""))
    return render(
        request, "console/journal.html", {"shell": shell.of(request), "page": page, "kind": kind}
    )
