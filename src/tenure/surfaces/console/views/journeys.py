"""Journeys: what each does and did, who would get what tomorrow, and what one customer gets."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from tenure.act.journeys.ahead import next_messages
from tenure.act.journeys.dry_run import CALLED, MOST_AHEAD, DryRun, Line, Told, dry_run
from tenure.act.journeys.standings import in_flight, standing_of
from tenure.act.messages.reasons import told
from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.customers.models import Account
from tenure.records.strategies.drafts.models import StrategyDraft
from tenure.records.strategies.drafts.states import DraftState
from tenure.strategy.ready import every_ready, is_in
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, may, needs
from tenure.surfaces.console.content_calendar import DAYS, happenings
from tenure.surfaces.console.journey_page import JourneyPage, name_of, step_names
from tenure.surfaces.console.segment_gets import start_of
from tenure.surfaces.console.sheets import sheet

SHOWN = 100
_CALLED = Sentence(zh="由专人致电", en="a person calls")


@needs(Right.READ)
def journeys(request: HttpRequest) -> HttpResponse:
    """Every journey and play, and how many are under way in each."""
    stands = shell.standing()
    on = _today(stands)
    strategy = stands.strategy.at(on)
    counted = in_flight(strategy.journeys.values(), on=on)
    rows = [
        (one, strategy.segments.get(one.segment), counted.get(one.id, 0))
        for one in strategy.journeys.values()
    ]
    plays = [
        (one, start_of(one, tags=strategy.tags), strategy.segments.get(one.segment),
         counted.get(one.id, 0))
        for one in strategy.plays.values()
    ]  # fmt: skip
    shown = {
        "shell": shell.of(request, stands),
        "rows": rows,
        "plays": plays,
        "ready": [(one, is_in(strategy, one)) for one in every_ready().values()],
        "drafts": StrategyDraft.objects.filter(state=DraftState.ASKED).order_by("pk"),
        "may_act": may(request, Right.ACT),
    }
    return render(request, "console/journeys.html", shown)


@needs(Right.READ)
def journey(request: HttpRequest, name: str) -> HttpResponse:
    """One journey as a picture with its counts, its steps in words, and its versions."""
    stands = shell.standing()
    strategy = stands.strategy.at(_today(stands))
    found = strategy.journeys.get(name)
    if found is None:
        raise Http404
    on = _today(stands)
    page = JourneyPage(found, standing_of(found, zone=stands.zone, on=on), strategy)
    tomorrow = on + timedelta(days=1)
    shown = {"shell": shell.of(request, stands), "page": page, "tomorrow": tomorrow,
             "may_act": may(request, Right.ACT)}  # fmt: skip
    return render(request, "console/journey.html", shown)


@needs(Right.READ)
def calendar(request: HttpRequest) -> HttpResponse:
    """Festivals, themes with their assets, campaigns and news of the next months."""
    stands = shell.standing()
    on = _today(stands)
    rows = happenings(stands.strategy.at(on), on=on)
    shown = {"shell": shell.of(request, stands), "rows": rows, "days": DAYS}
    return render(request, "console/calendar.html", shown)


@needs(Right.READ)
def dry(request: HttpRequest) -> HttpResponse:
    """Who would get what on a day, and who not, and why; nothing is changed by looking."""
    stands = shell.standing()
    on = _day(request, default=_today(stands) + timedelta(days=1))
    run = _dry_run(request, on)
    is_piece = request.headers.get("HX-Request") == "true"
    shown = {
        "shell": None if is_piece else shell.of(request, stands),
        "run": run,
        "on": on,
        "journey": request.GET.get("journey", ""),
        "journeys": stands.strategy.journeys.values(),
        "first_on": _today(stands),
        "last_on": _today(stands) + timedelta(days=MOST_AHEAD),
        "lines": [] if run is None else _lines(run, stands.strategy),
        "reasons": [] if run is None else _reasons(run, stands.strategy),
        "reason": request.GET.get("reason", ""),
        "rows": [] if run is None or is_piece else _rows(request, run, stands.strategy),
        "most": SHOWN,
    }
    page = "console/journey/_dry_run.html" if is_piece else "console/dry_run.html"
    return render(request, page, shown)


@needs(Right.SEE_PEOPLE)
def dry_list(request: HttpRequest) -> HttpResponseBase:
    """The whole list of a dry run as a sheet."""
    stands = shell.standing()
    on = _day(request, default=_today(stands) + timedelta(days=1))
    run = _dry_run(request, on)
    if run is None:
        raise Http404
    rows = [
        {
            "account": one.account_id,
            "term": one.term_id,
            "journey": one.journey,
            "step": one.step,
            "channel": one.channel,
            "goes_out": int(one.goes_out),
            "reason": one.reason,
            "at": "" if one.at is None else one.at.isoformat(),
        }
        for one in run.told
    ]
    return sheet(rows, name=f"dry-run-{on}")


@needs(Right.SEE_PEOPLE)
def ahead(request: HttpRequest, account_id: int) -> HttpResponse:
    """The next ten messages of a customer as seen from a day, written and judged."""
    stands = shell.standing()
    account = get_object_or_404(Account, pk=account_id)
    first_on = _today(stands)
    on = max(_day(request, default=first_on), first_on)
    shown = {
        "shell": shell.of(request, stands),
        "account": account,
        "on": on,
        "first_on": first_on,
        "rows": next_messages(account_id, on=on, at=clock.now()),
    }
    return render(request, "console/ahead.html", shown)


def _dry_run(request: HttpRequest, on: date) -> DryRun | None:
    try:
        return dry_run(on=on, at=clock.now(), journey=request.GET.get("journey", ""))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
        return None


def _rows(
    request: HttpRequest, run: DryRun, strategy: Strategy
) -> list[tuple[Told, Account, Sentence | str, Sentence | None]]:
    """The first of the list, of one reason where that is asked: `out` are those who get it."""
    reason, names = request.GET.get("reason", ""), step_names(strategy)
    chosen = [one for one in run.told if not reason or (one.reason or "out") == reason][:SHOWN]
    accounts = Account.objects.in_bulk([one.account_id for one in chosen])
    return [
        (
            one,
            accounts[one.account_id],
            name_of(one, names),
            _why(one.reason, strategy) if one.reason else None,
        )
        for one in chosen
    ]


def _reasons(run: DryRun, strategy: Strategy) -> list[tuple[str, Sentence, int]]:
    return [(reason, _why(reason, strategy), count) for reason, count in run.reasons.items()]


def _why(reason: str, strategy: Strategy) -> Sentence:
    return _CALLED if reason == CALLED else told(reason, strategy=strategy)


def _lines(run: DryRun, strategy: Strategy) -> list[tuple[Sentence | str, Line]]:
    """The counts in the order of journeys and their steps; what comes from elsewhere last."""
    names = step_names(strategy)
    places = {key: place for place, key in enumerate(names)}
    lines = sorted(
        run.lines.values(),
        key=lambda one: places.get((one.journey, one.step.partition("@")[0]), len(places)),
    )
    return [(name_of(one, names), one) for one in lines]


def _today(stands: shell.Standing) -> date:
    return clock.today(stands.zone, clock.now())


def _day(request: HttpRequest, *, default: date) -> date:
    given = request.GET.get("on", "")
    if not given:
        return default
    try:
        return date.fromisoformat(given)
    except ValueError:
        messages.error(request, gettext("That is no day; the next one is shown."))
        return default
