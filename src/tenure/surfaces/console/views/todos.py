"""Work for people: what to do, why, and what came of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.records.success import actions
from tenure.records.success.models import ToDo
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, needs

SHOWN = 100


@needs(Right.SEE_PEOPLE)
def todos(request: HttpRequest) -> HttpResponse:
    """Open to-dos, those worth most first."""
    rows = (
        ToDo.objects.filter(state=ToDo.State.OPEN)
        .select_related("account", "term")
        .order_by("-expected_margin_minor", "due_on")[:SHOWN]
    )
    return render(
        request,
        "console/todos.html",
        {"shell": shell.of(request), "rows": rows, "outcomes": actions.OUTCOMES},
    )


@require_POST
@needs(Right.ACT)
def close(request: HttpRequest, todo_id: int) -> HttpResponse:
    """Say what came of a to-do."""
    try:
        actions.close(
            todo_id,
            outcome=request.POST.get("outcome", ""),
            at=clock.now(),
            by=f"user:{request.user.pk}",
        )
        messages.success(request, gettext("Noted."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(get_language() or "zh-hans"))
    return HttpResponseRedirect(request.POST.get("next") or reverse("console:todos"))
