"""Personal plans: proposed from the rules, changed and approved by people; who gets a person."""

from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.proposals.telling import tell_plans
from tenure.decide.proposals import actions
from tenure.decide.proposals.models import Proposal
from tenure.decide.proposals.queries import all_told, counted, proposals
from tenure.decide.proposals.rules import NotProposable
from tenure.decide.proposals.whom import Fields, fields_of
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE
from tenure.strategy.messages import Channel
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, may, needs

_SHOWN = 30
_AT_ONCE = 10


@needs(Right.SEE_PEOPLE)
def plans(request: HttpRequest) -> HttpResponse:
    """The plans that wait, those decided lately, and the four fields of risk and value."""
    stands = shell.standing()
    shown = {
        "shell": shell.of(request, stands),
        "rows": all_told(proposals(limit=_SHOWN)),
        "counted": counted(),
        "fields": _fields(stands),
        "may_act": may(request, Right.ACT),
        "at_once": _AT_ONCE,
        "channels": [one.value for one in Channel],
    }
    return render(request, "console/plans.html", shown)


def _fields(stands: shell.Standing) -> Fields | None:
    if stands.as_of is None:
        return None
    routing = stands.strategy.at(stands.as_of).routing
    return None if routing is None else fields_of(stands.as_of, routing=routing)


@require_POST
@needs(Right.ACT)
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a plan for one customer, or for those for whom the most is at risk."""
    stands, at = shell.standing(), clock.now()
    account = request.POST.get("account", "")
    if stands.as_of is None:
        messages.error(request, gettext("Nothing was computed yet. Run the loop for a day."))
        return redirect("console:plans")
    if account:
        return _propose_one(request, account, as_of=stands.as_of, at=at)
    fields, made = _fields(stands), 0
    waiting = set(Proposal.objects.filter(state="proposed").values_list("term_id", flat=True))
    ids = fields.table["term_id"].to_pylist()[: _SHOWN * 10] if fields else []
    running = set(Term.objects.filter(pk__in=ids, state__in=LIVE).values_list("pk", flat=True))
    for term_id in [one for one in ids if one in running and one not in waiting][:_AT_ONCE]:
        try:
            actions.propose(term_id, as_of=stands.as_of, at=at, by=actor(request))
        except Refusal:
            continue
        made += 1
    messages.success(request, gettext("%(n)s plans were proposed; nothing was sent.") % {"n": made})
    return redirect("console:plans")


def _propose_one(request: HttpRequest, account: str, *, as_of: date, at: datetime) -> HttpResponse:
    rows = Term.objects.filter(
        account=int(account) if account.isascii() and account.isdigit() else 0, state__in=LIVE
    )
    term = rows.order_by("ends_on").first()
    try:
        if term is None:
            raise NotProposable()
        actions.propose(term.pk, as_of=as_of, at=at, by=actor(request))
        messages.success(request, gettext("A plan was proposed; nothing was sent."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:plans")


@require_POST
@needs(Right.ACT)
def decide(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Change a plan, approve it, or do without it."""
    plan, at, by = get_object_or_404(Proposal, pk=proposal_id), clock.now(), actor(request)
    stands = shell.standing()
    as_of = stands.as_of or plan.made_on
    try:
        if request.POST.get("do") == "drop":
            actions.drop(plan.pk, at=at, by=by)
            messages.success(request, gettext("The plan was dropped."))
            return redirect("console:plans")
        actions.change(plan.pk, _wanted(request, plan), at=at, by=by)
        if request.POST.get("do") == "approve":
            actions.approve(plan.pk, as_of=as_of, at=at, by=by)
            tell_plans(as_of=as_of, at=at, by=by)
            messages.success(request, gettext("Approved: it goes out on its day."))
        else:
            messages.success(request, gettext("The plan was changed; nothing was sent."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:plans")


def _wanted(request: HttpRequest, plan: Proposal) -> actions.Change:
    """What the form asks for; an action that does not say how is told the customer's way."""
    action = request.POST.get("action", plan.action)
    channel = request.POST.get("channel", "")
    try:
        send_on = date.fromisoformat(request.POST.get("send_on", ""))
    except ValueError:
        send_on = plan.send_on
    is_other = action != plan.action and channel == plan.channel
    return actions.Change(action, send_on, "" if is_other else channel)
