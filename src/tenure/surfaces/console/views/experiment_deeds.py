"""End a comparison: stop it, or roll its better arm out, after a page that says what follows."""

from datetime import date, timedelta
from hashlib import blake2b
from typing import Any, Final
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.prove.readouts.queries import course
from tenure.records.experiments.actions import Wish, end_comparison
from tenure.records.experiments.queries import drawn_in, waiting_in
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, needs
from tenure.surfaces.console.experiment_page import ExperimentPage
from tenure.surfaces.console.views.experiments import page_of_comparison

STOP: Final = "stop"
ROLL_OUT: Final = "roll-out"


class NothingIsBetter(Refusal):
    """Nobody can roll out an arm that the readout does not call better."""

    code = "nothing_is_better"
    said = Sentence(
        zh="读数没有说“{name}”哪一组更好，不能推广；可以停止实验，或等数据足够。",
        en="The readout of “{name}” calls no arm better, so none can be rolled out; stop it, or "
        "wait until there are enough.",
    )


class AnotherIsBetter(Refusal):
    """What was confirmed is not what the readout says now."""

    code = "another_is_better"
    said = Sentence(
        zh="“{name}”的读数变了：现在更好的是“{arm}”。没有做改动，请重新查看后再确认。",
        en="The readout of “{name}” has changed: “{arm}” is the better arm now. Nothing was "
        "changed; look again before you confirm.",
    )


@needs(Right.ACT)
def end(request: HttpRequest, *, key: str, subject: str, deed: str) -> HttpResponse:
    """What ending a comparison would do, to be confirmed with a reason; then it is done."""
    page = _page(key, subject)
    if deed not in (STOP, ROLL_OUT) or page.comparison is None:
        raise Http404
    try:
        arm = _arm(page, deed)
        if request.method == "POST":
            return _done(request, page, arm=arm)
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
        return redirect("console:experiment", key, subject)
    drawn = drawn_in(key)
    shown = {
        "shell": shell.of(request, shell.standing()),
        "page": page,
        "arm": page.rolling.called(arm) if arm else "",
        "arm_id": arm,
        "drawn": [(page.rolling.called(one), drawn.get(one, 0)) for one in page.comparison.arms],
        "waiting": waiting_in(key, matured_until=page.readout.matured_until),
        "until": _today() + timedelta(days=1),
        "once": uuid4().hex,
    }
    return render(request, "console/experiment_end.html", shown)


def _arm(page: ExperimentPage, deed: str) -> str:
    """The arm for everybody; empty where it only stops."""
    if deed == STOP:
        return ""
    if page.rolling.better is None:
        raise NothingIsBetter(name=page.name)
    return page.rolling.better


def _done(request: HttpRequest, page: ExperimentPage, *, arm: str) -> HttpResponse:
    assert page.comparison is not None, "the caller looked"
    if request.POST.get("arm", "") != arm:
        raise AnotherIsBetter(name=page.name, arm=page.rolling.called(arm))
    told = f"{actor(request)}\n{request.POST.get('once', '')}\n{arm}".encode()
    once = f"end:{page.comparison.id}:{blake2b(told, digest_size=12).hexdigest()}"
    wish = Wish(request.POST.get("why", ""), once, rolled_out=arm)
    now: dict[str, Any] = {"on": _today(), "at": clock.now(), "by": actor(request)}
    end_comparison(page.comparison, wish, **now)
    if arm:
        messages.success(request, gettext("It is rolled out from tomorrow on."))
    else:
        messages.success(request, gettext("It is stopped from tomorrow on."))
    return redirect("console:experiment", page.readout.experiment_key, page.readout.subject)


def _page(key: str, subject: str) -> ExperimentPage:
    stands = shell.standing()
    found = course(key, subject, until=stands.as_of) if stands.as_of else []
    if not found or stands.as_of is None:
        raise Http404
    return page_of_comparison(found, strategy=stands.strategy.at(stands.as_of))


def _today() -> date:
    return clock.today(shell.standing().zone, clock.now())
