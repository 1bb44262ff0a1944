"""Work for people: what to do, why, and what came of it."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.care.queries import scripts_of
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.records.success import actions
from tenure.records.success.models import ToDo
from tenure.records.success.rules import Attempt
from tenure.records.success.states import Outcome
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, needs
from tenure.surfaces.console.views.session import is_ours
from tenure.surfaces.console.wordbook import OUTCOMES

SHOWN = 100


@needs(Right.SEE_PEOPLE)
def todos(request: HttpRequest) -> HttpResponse:
    """Open to-dos, those worth most first."""
    stands = shell.standing()
    rows = list(
        ToDo.objects.filter(state=ToDo.State.OPEN)
        .select_related("account", "term")
        .order_by(F("expected_margin_minor").desc(nulls_last=True), "due_on", "pk")[:SHOWN]
    )
    return render(
        request,
        "console/todos.html",
        {
            "shell": shell.of(request, stands),
            "rows": rows,
            "total": stands.waiting,
            "outcomes": OUTCOMES,
        },
    )


@needs(Right.SEE_PEOPLE)
def script(request: HttpRequest, todo_id: int) -> HttpResponse:
    """What to say, written with the prices and offers of now, as a piece of the page."""
    stands = shell.standing()
    todo = get_object_or_404(ToDo, pk=todo_id)
    on = clock.today(stands.zone, clock.now())
    found = scripts_of([todo], strategy=stands.strategy.at(on), on=on)[todo.pk]
    return render(request, "console/_script.html", {"script": found})


@require_POST
@needs(Right.ACT)
def attempt(request: HttpRequest, todo_id: int) -> HttpResponse:
    """Say what came of one attempt; the to-do is done, or due again."""
    todo = get_object_or_404(ToDo, pk=todo_id)
    at = clock.now()
    outcome = request.POST.get("outcome", "")
    if outcome not in Outcome.values:
        raise BadRequest
    tried = Attempt(
        Outcome(outcome),
        on=clock.today(shell.standing().zone, at),
        call_back_on=_day(request.POST.get("call_back_on", "")),
    )
    try:
        after = actions.note_attempt(todo.pk, tried, at=at, by=actor(request))
        messages.success(request, _told(after))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    back = request.POST.get("next", "")
    return HttpResponseRedirect(back if is_ours(request, back) else reverse("console:todos"))


def _told(todo: ToDo) -> str:
    if todo.state != ToDo.State.OPEN:
        return gettext("Noted; this to-do is done.")
    day = wording.day(todo.due_on, wording.reader_language())
    return gettext("Noted; it is due again on %(day)s.") % {"day": day}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
