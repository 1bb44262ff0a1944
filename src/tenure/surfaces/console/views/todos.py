"""Work for people: what to do, why, and what came of it."""

from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Case, Count, F, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.care.queries import script_of
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.kernel.holidays import holidays_of
from tenure.records.success import actions
from tenure.records.success.models import ToDo
from tenure.records.success.queries import is_late
from tenure.records.success.rules import UNDO_FOR, Attempt, HandOver
from tenure.records.success.states import Outcome
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, needs
from tenure.surfaces.console.views.session import is_ours
from tenure.surfaces.console.wordbook import DEPARTMENTS, OUTCOMES

SHOWN = 100
MOST_OWNERS = 8
SOON = timedelta(days=45)
# In the session: the to-do whose outcome was noted last, and until when that may be taken back.
_NOTED = "todo_noted"


@needs(Right.SEE_PEOPLE)
def todos(request: HttpRequest) -> HttpResponse:
    """Open to-dos, questions first, then those worth most; of one owner or department if asked."""
    stands = shell.standing()
    on = clock.today(stands.zone, clock.now())
    owner, department = request.GET.get("owner", ""), request.GET.get("department", "")
    open_todos = ToDo.objects.filter(state=ToDo.State.OPEN)
    chosen = open_todos.filter(owner_name=owner) if owner else open_todos
    if department in DEPARTMENTS:
        chosen = chosen.filter(department=department)
    if request.GET.get("late"):
        chosen = chosen.filter(is_late(clock.now(), on=on))
    is_question = Case(When(kind=ToDoKind.QUESTION, then=0), default=1)
    rows = list(
        chosen.select_related("account", "term").order_by(
            is_question, F("expected_margin_minor").desc(nulls_last=True), "due_on", "due_at", "pk"
        )[:SHOWN]
    )
    owners = open_todos.exclude(owner_name="").values_list("owner_name")
    shown = {
        "shell": shell.of(request, stands),
        "rows": rows,
        "left": chosen.count() - len(rows) if len(rows) == SHOWN else 0,
        "here": request.get_full_path(),
        "total": stands.waiting,
        "today": on,
        "owner": owner,
        "department": department,
        "is_late": bool(request.GET.get("late")),
        "late": open_todos.filter(is_late(clock.now(), on=on)).count(),
        "now": clock.now(),
        "unknown_year": unknown_year(stands.strategy, on=on),
        "owners": owners.annotate(n=Count("pk")).order_by("-n", "owner_name")[:MOST_OWNERS],
        "departments": DEPARTMENTS,
        "just_noted": _just_noted(request),
        "outcomes": OUTCOMES,
    }
    return render(request, "console/todos.html", shown)


@needs(Right.SEE_PEOPLE)
def script(request: HttpRequest, todo_id: int) -> HttpResponse:
    """What to say, written with the prices and offers of now, as a piece of the page."""
    stands = shell.standing()
    on = clock.today(stands.zone, clock.now())
    found = script_of(todo_id, strategy=stands.strategy.at(on), on=on)
    if found is None:
        raise Http404
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
        request.session[_NOTED] = {"todo": todo.pk, "until": (at + UNDO_FOR).isoformat()}
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return _back(request)


@require_POST
@needs(Right.ACT)
def take_back(request: HttpRequest, todo_id: int) -> HttpResponse:
    """Undo the attempt that one has just noted (R-U-036)."""
    get_object_or_404(ToDo, pk=todo_id)
    try:
        actions.take_back(todo_id, at=clock.now(), by=actor(request))
        messages.success(request, gettext("Taken back: the to-do is open as it was."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    request.session.pop(_NOTED, None)
    return _back(request)


@require_POST
@needs(Right.ACT)
def hand_over(request: HttpRequest, todo_id: int) -> HttpResponse:
    """Give a to-do to somebody else or to another department, with a day and a reason."""
    todo = get_object_or_404(ToDo, pk=todo_id)
    at = clock.now()
    department = request.POST.get("department", "")
    if department and department not in DEPARTMENTS:
        raise BadRequest
    asked = HandOver(
        on=clock.today(shell.standing().zone, at),
        owner_name=request.POST.get("owner", "")[:80],
        department=department,
        due_on=_day(request.POST.get("due_on", "")),
        why=request.POST.get("why", ""),
    )
    try:
        after = actions.hand_over(todo.pk, asked, at=at, by=actor(request))
        to = after.owner_name or str(DEPARTMENTS.get(after.department, after.department))
        messages.success(request, gettext("Handed over to %(to)s.") % {"to": to})
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return _back(request)


def _just_noted(request: HttpRequest) -> int | None:
    """The to-do whose outcome somebody has just noted, while they may take that back."""
    noted = request.session.get(_NOTED)
    if noted is None or clock.now().isoformat() > noted["until"]:
        return None
    return int(noted["todo"])


def _back(request: HttpRequest) -> HttpResponse:
    """To the list that somebody works through, with what they chose to see of it."""
    back = request.POST.get("next", "")
    return HttpResponseRedirect(back if is_ours(request, back) else reverse("console:todos"))


def unknown_year(strategy: Strategy, *, on: date) -> int | None:
    """The year, of today or soon, whose holidays nobody knows yet: work counts plain weekdays."""
    known = holidays_of(strategy.business.country)
    years = {on.year, (on + SOON).year}
    return min((year for year in years if not known.is_known(year)), default=None)


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
