"""What the work of people changed: by alarm against the holdout, and by kind."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.prove.work.queries import LEAST, became, done_by_kind
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, needs

NAMES: Final = {
    "health.fell": Sentence(zh="健康分跌破介入线", en="health fell below the line"),
    "risk.rose": Sentence(zh="流失风险升高", en="the risk rose"),
}


@needs(Right.READ)
def effect(request: HttpRequest) -> HttpResponse:
    """Customers for whom an alarm asked for a person, against those whom the lot held out."""
    stands = shell.standing()
    on = clock.today(stands.zone, clock.now())
    below = stands.strategy.at(on).experiments.holdout_below
    shown = {
        "shell": shell.of(request, stands),
        "alarms": [(NAMES[one.alarm], one) for one in became(as_of=on, held_out_below=below)],
        "kinds": done_by_kind(as_of=on),
        "least": LEAST,
    }
    return render(request, "console/work.html", shown)
