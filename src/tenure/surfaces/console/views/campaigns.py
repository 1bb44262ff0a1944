"""Campaigns: plan one, rehearse its launch, let another person agree, stop it, close it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.campaigns.background import background_of
from tenure.act.campaigns.launching import approve, launch, look
from tenure.act.campaigns.printing import Told, plan_pdf
from tenure.decide.campaigns.audience import WHY_LEFT_OUT
from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.reasons import sentence_of_reason
from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.prove.campaigns.audiences import offered_to
from tenure.prove.campaigns.lines import line_returns
from tenure.prove.campaigns.queries import evaluation
from tenure.prove.readouts.queries import course
from tenure.records.campaigns import actions
from tenure.records.campaigns.actions import Learned, NewLine, Payment
from tenure.records.campaigns.models import Campaign
from tenure.records.campaigns.plan import AUDIENCE_RENEWAL, RETURN, Goal, Stage, Task, TaskKind
from tenure.records.campaigns.queries import every, goals_of, joined, lines_of, tasks_of
from tenure.records.campaigns.refusals import BadCampaign
from tenure.records.campaigns.rules import name_in_journal
from tenure.records.campaigns.states import LAUNCHED, Arm, CampaignState
from tenure.records.strategies.queries import current
from tenure.surfaces import wording
from tenure.surfaces.console import shell, wordbook
from tenure.surfaces.console.access import Right, actor, may, needs
from tenure.surfaces.console.campaign_audiences import Known, audience_lines, meant
from tenure.surfaces.console.campaign_forms import day, money, number, plan_tag, planned
from tenure.surfaces.console.campaign_page import CampaignPage, metric_name
from tenure.surfaces.console.sheets import sheet
from tenure.surfaces.editing import PRECONDITION_FAILED, EditedMeanwhile, check_unchanged
from tenure.understand.metrics.queries import headline
from tenure.understand.metrics.registry import METRICS
from tenure.understand.segments.queries import known, names_of

_NO_OFFER = Sentence(
    zh="策略里没有“{name}”这个优惠，请从列表中选择",
    en="the strategy has no offer “{name}”; choose one of the list",
)
_SHARES: Final = [id_ for id_, one in METRICS.items() if one.unit == "share"]
GOAL_METRICS: Final = (AUDIENCE_RENEWAL, RETURN, *_SHARES)


@needs(Right.READ)
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every campaign, those that run first, and a form for the next one."""
    stands = shell.standing()
    today = clock.today(stands.zone, clock.now())
    segments = known(as_of=stands.as_of or today, strategy=stands.strategy)
    shown = {
        "shell": shell.of(request, stands),
        "rows": every(),
        "segments": segments,
        "today": today,
        "once": clock.now().isoformat(),
        "may_act": may(request, Right.ACT),
        "may_see": may(request, Right.SEE_PEOPLE),
    }
    return render(request, "console/campaigns.html", shown)


@needs(Right.READ)
def campaign(request: HttpRequest, key: str) -> HttpResponse:
    """One campaign: goals, money, timeline, people and what it brought."""
    stands = shell.standing()
    page = _page(key, stands)
    shown = {
        "shell": shell.of(request, stands),
        "page": page,
        "once": clock.now().isoformat(),
        "campaign": page.campaign,
        "stages": wordbook.CAMPAIGN_STAGES,
        "kinds": wordbook.TASK_KINDS,
        "metrics": [(one, metric_name(one)) for one in GOAL_METRICS],
        "offers": [one for one in stands.strategy.at(page.today).offers.values() if one.message],
        "may_act": may(request, Right.ACT),
        "is_draft": page.campaign.state == CampaignState.DRAFT,
        "control": page.campaign.control_share / 100,
        "today": page.today,
        "segments": known(as_of=stands.as_of or page.today, strategy=stands.strategy)
        if page.campaign.state == CampaignState.DRAFT
        else {},
        "is_over": page.campaign.state in (CampaignState.STOPPED, CampaignState.ENDED),
        "if_match": (tag := plan_tag(page.campaign)),
    }
    answer = render(request, "console/campaign.html", shown)
    answer.headers["ETag"] = tag
    return answer


def _page(key: str, stands: shell.Standing) -> CampaignPage:
    found = Campaign.objects.filter(key=key).first()
    if found is None:
        raise Http404
    today = clock.today(stands.zone, clock.now())
    as_of = stands.as_of or today
    strategy, people = stands.strategy.at(as_of), joined(found)
    was_launched = found.state in LAUNCHED
    made = Decision.objects.filter(journey=name_in_journal(key), outcome="chosen")
    counted = made.values_list("action").annotate(Count("pk")).order_by("action")
    lines = lines_of(found)
    said = evaluation(found, people, strategy=strategy, as_of=as_of) if was_launched else None
    return CampaignPage(
        campaign=found,
        lines=lines,
        people=people,
        readings=headline(as_of=as_of),
        evaluation=said,
        line_returns={}
        if said is None
        else line_returns(found, lines, said=said, settled=strategy.experiments, as_of=as_of),
        offered=dict(counted) if was_launched else {},
        course=course(name_in_journal(key), str(Arm.TREATED), until=as_of) if was_launched else (),
        strategy=strategy,
        today=today,
        audiences=audience_lines(
            found,
            Known(
                people,
                offered_to(found) if was_launched else {},
                () if said is None else said.parts,
                names_of(found.audiences, as_of=as_of, strategy=strategy),
            ),
            strategy=strategy,
        ),
    )


@needs(Right.READ)
def rehearsal(request: HttpRequest, key: str) -> HttpResponse:
    """The dry run of a launch: the list, the blast radius, and why some would get nothing."""
    stands, at = shell.standing(), clock.now()
    found = Campaign.objects.filter(key=key).first()
    if found is None:
        raise Http404
    on = clock.today(stands.zone, at)
    run, strategy = look(key, on=on, at=at), stands.strategy.at(on)
    offers = strategy.offers
    shown = {
        "shell": shell.of(request, stands),
        "campaign": found,
        "run": run,
        "checks": run.dry.checks,
        "is_ready": all(one.is_green for one in run.dry.checks),
        "needs_second": run.dry.reach.cost_minor > run.dry.limit.amount_minor,
        "audiences": meant(run, names=names_of(found.audiences, as_of=on, strategy=strategy)),
        "left_out": [(WHY_LEFT_OUT[why], n) for why, n in run.audience.left_out.items() if n],
        "overlaps": sorted(run.audience.campaigns.items()),
        "chosen": [(offers[one].name, n) for one, n in run.offered.chosen.most_common()],
        "withheld": [
            (sentence_of_reason(code, strategy=strategy), n)
            for code, n in run.offered.withheld.most_common()
        ],
        "may_act": may(request, Right.ACT),
        "is_draft": found.state == CampaignState.DRAFT,
        "is_asked": found.state == CampaignState.ASKED,
    }
    return render(request, "console/campaign_rehearsal.html", shown)


@require_POST
@needs(Right.ACT)
def draft(request: HttpRequest) -> HttpResponse:
    """Begin a plan, its background filled in from what is known today."""
    stands, at = shell.standing(), clock.now()
    on = clock.today(stands.zone, at)
    as_of = stands.as_of or on
    try:
        new = replace(
            planned(request, stands.strategy, as_of=as_of),
            background=background_of(stands.strategy.at(as_of), as_of=as_of),
        )
        made = actions.draft(new, key=_key(request), on=on, at=at, by=actor(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
        return redirect("console:campaigns")
    messages.success(request, gettext("The plan is there; add goals, work and money to it."))
    return redirect("console:campaign", made.key)


@transaction.atomic
def _change(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    stands = shell.standing()
    new = planned(request, stands.strategy, as_of=stands.as_of or now["on"])
    held = Campaign.objects.select_for_update().get(key=key)
    check_unchanged(request, plan_tag(held))
    actions.change(key, new, **now)
    return gettext("The plan is changed.")


def _goal(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    found = Campaign.objects.get(key=key)
    metric = request.POST.get("metric", "")
    baseline = request.POST.get("baseline", "").strip()
    goal = Goal(
        metric=metric if metric in GOAL_METRICS else AUDIENCE_RENEWAL,
        stage=Stage(request.POST.get("stage", "short")),
        baseline=number(request, "baseline") / 100 if baseline else None,
        target=number(request, "target") / 100,
        due_on=day(request, "due_on"),
        owner=request.POST.get("owner", "")[:80],
    )
    had = goals_of(found)
    if goal not in had:  # the same form sent twice is one goal
        actions.set_goals(key, [*had, goal], **now)
    return gettext("The goal is there.")


def _task(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    tasks = tasks_of(Campaign.objects.get(key=key))
    after = request.POST.get("after", "")
    task = Task(
        id=max((one.id for one in tasks), default=0) + 1,
        name=request.POST.get("name", "")[:80],
        owner=request.POST.get("owner", "")[:80],
        kind=TaskKind(request.POST.get("kind", "prepare")),
        starts_on=day(request, "starts_on"),
        ends_on=day(request, "ends_on"),
        after=(int(after),) if after.isascii() and after.isdigit() else (),
    )
    if not any(replace(one, id=task.id, done_on=None) == task for one in tasks):
        actions.set_tasks(key, [*tasks, task], **now)
    return gettext("The task is there.")


def _line(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    found = Campaign.objects.get(key=key)
    offer = request.POST.get("offer", "")
    if offer and offer not in current().at(now["on"]).offers:
        raise BadCampaign(why=_NO_OFFER.fill(name=offer[:60]))
    name = request.POST.get("name", "").strip() or offer
    cap = money(request, "planned", currency=found.currency)
    actions.set_line(key, NewLine(name, cap, offer), **now)
    return gettext("The budget line is there; it stops at its cap.")


def _pay(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    found = Campaign.objects.get(key=key)
    line = next((one for one in lines_of(found) if str(one.pk) == request.POST.get("line")), None)
    if line is None:
        raise Http404
    amount = money(request, "amount", currency=found.currency)
    once = f"paid:{line.pk}:{request.POST.get('once', '')[:40]}"
    actions.spend(line.pk, Payment(amount, request.POST.get("note", ""), once), **now)
    return gettext("It is noted on its line.")


def _launch(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    if launch(key, **now).state == CampaignState.ASKED:
        return gettext("It may cost more than one person decides: another one must approve it.")
    return gettext("The campaign runs; its offers go out with the next night's run.")


def _approve(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    approve(key, **now)
    return gettext("The campaign runs; its offers go out with the next night's run.")


def _reject(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    actions.reject(key, request.POST.get("why", ""), **now)
    return gettext("The plan went back; it is a draft again.")


def _tick(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    actions.tick(key, request.POST.get("code", ""), **now)
    return gettext("Noted.")


def _done(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    task = request.POST.get("task", "")
    actions.finish_task(key, int(task) if task.isascii() and task.isdigit() else 0, **now)
    return gettext("Noted.")


def _stop(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    actions.stop(key, request.POST.get("why", ""), **now)
    return gettext("The campaign is stopped: no more offers go out, and who has one keeps it.")


def _close(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    post = request.POST
    actions.close(key, Learned(post.get("lessons", ""), post.get("next_action", "")), **now)
    return gettext("The campaign is closed.")


def _drop(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    actions.drop(key, **now)
    return gettext("The draft is gone.")


def _copy(request: HttpRequest, key: str, now: dict[str, Any]) -> str:
    made = actions.copy(key, new_key=_key(request, key), **now)
    return gettext("A copy is among the drafts: %(name)s.") % {"name": made.name}


DEEDS: Final[dict[str, Callable[[HttpRequest, str, dict[str, Any]], str]]] = {
    "change": _change, "goal": _goal, "task": _task, "line": _line, "pay": _pay, "tick": _tick,
    "done": _done, "launch": _launch, "approve": _approve, "reject": _reject, "stop": _stop,
    "close": _close, "drop": _drop, "copy": _copy,
}  # fmt: skip


@require_POST
@needs(Right.ACT)
def act(request: HttpRequest, *, key: str, deed: str) -> HttpResponseBase:
    """One deed for one campaign; what came of it is told in a sentence."""
    if deed not in DEEDS or not Campaign.objects.filter(key=key).exists():
        raise Http404
    at: datetime = clock.now()
    on = clock.today(shell.standing().zone, at)
    try:
        told = DEEDS[deed](request, key, {"on": on, "at": at, "by": actor(request)})
        messages.success(request, told)
    except EditedMeanwhile as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
        answer = campaign(request, key)
        answer.status_code = PRECONDITION_FAILED
        return answer
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    except ValueError:
        messages.error(request, gettext("That cannot be read; check what was typed."))
    back = "console:campaign-rehearsal" if deed in ("tick", "launch") else "console:campaign"
    return redirect("console:campaigns") if deed == "drop" else redirect(back, key)


@needs(Right.READ)
def plan_csv(request: HttpRequest, key: str) -> HttpResponseBase:
    """The plan as a sheet: goals, budget lines and tasks, one a row."""
    page = _page(key, shell.standing())
    rows: list[tuple[object, ...]] = []
    for one in page.audiences:
        name = one.name.say(wording.reader_language())
        rows.append(("audience", name, "", "", "", "", one.customers))
    for goal in page.goals:
        name = goal.name.say(wording.reader_language())
        base, target, present = goal.told
        rows.append(("goal", name, goal.goal.owner, base, goal.goal.due_on, target, present))
    for line in page.lines:
        minor = (line.planned_minor, line.used_minor)
        money = [str(Money(one, page.campaign.currency)) for one in minor]
        rows.append(("budget", line.name, "", "", "", *money))
    for task in page.tasks:
        days = (task.starts_on, task.ends_on, str(task.kind), task.done_on or "")
        rows.append(("task", task.name, task.owner, *days))
    names = ("part", "name", "owner", "from", "until", "planned", "now")
    cells = [dict(zip(names, map(str, row), strict=True)) for row in rows]
    return sheet(cells, name=key)


@needs(Right.READ)
def plan_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """The plan on paper, in the reader's language."""
    stands = shell.standing()
    page = _page(key, stands)
    language = wording.reader_language()
    goals = [(one.name.say(language), *one.told, str(one.goal.due_on)) for one in page.goals]
    verdict = None if page.verdict is None else page.verdict.say(language)
    body = plan_pdf(
        page.campaign,
        page.lines,
        told=Told([one.name.say(language) for one in page.audiences], goals, verdict),
        language=language,
    )
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{key}.pdf"'
    return response


def _key(request: HttpRequest, *more: str) -> str:
    """The key of what a form makes: the same form sent twice makes one; "" for a program's form."""
    given = request.POST
    if not given.get("once"):
        return ""
    parts = sorted(f"{name}={given[name]}" for name in given if name != "csrfmiddlewaretoken")
    told = "\n".join((actor(request), *more, *parts)).encode()
    return f"campaign-{blake2b(told, digest_size=12).hexdigest()}"
