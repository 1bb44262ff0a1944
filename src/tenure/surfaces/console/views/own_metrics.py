"""Metrics of one's own, what numbers are held against, spending, and calculators."""

from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.records.planning.actions import hold_against, note_spending
from tenure.records.planning.models import YardstickKind
from tenure.records.planning.queries import benchmarks
from tenure.records.planning.rules import Held, Spent
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, may, needs
from tenure.understand.metrics import own, queries
from tenure.understand.metrics.registry import METRICS
from tenure.understand.value.what_if import Business, Use, allocate, retention_to_profit

PERCENT: Final = 100
YEARS: Final = (1, 3, 5)


class NotANumber(Refusal):
    """A field that holds no number."""

    code = "not_a_number"
    said = Sentence(zh="“{text}”不是数字。", en="“{text}” is no number.")


class NoSuchMetric(Refusal):
    """A benchmark or target of nothing."""

    code = "no_such_metric"
    said = Sentence(zh="没有指标“{metric}”。", en="There is no metric “{metric}”.")


@needs(Right.READ)
def own_metrics(request: HttpRequest) -> HttpResponse:
    """Formulas, targets, benchmarks with their gap, and spending."""
    stands = shell.standing()
    if stands.as_of is None:
        return render(request, "console/metrics_empty.html", {"shell": shell.of(request, stands)})
    today = clock.today(stands.zone, clock.now())
    shown = {
        "shell": shell.of(request, stands),
        "own": own.own_metrics(),
        "entries": METRICS,
        "units": own.UNITS,
        "gaps": queries.gaps(benchmarks(on=today), as_of=stands.as_of),
        "may_act": may(request, Right.ACT),
        "today": today,
        "kept": request.session.pop("own_metric", {}),
    }
    return render(request, "console/own_metrics.html", shown)


@require_POST
@needs(Right.ACT)
def save_metric(request: HttpRequest) -> HttpResponse:
    """Save a formula; what is wrong with it is said, and what was written is kept."""
    given = {name: request.POST.get(name, "").strip() for name in
             ("key", "name_zh", "name_en", "definition", "formula", "unit")}  # fmt: skip

    def deed() -> Sentence:
        wanted = own.Wanted(
            given["key"],
            Sentence(given["name_zh"] or given["key"], given["name_en"] or given["key"]),
            given["definition"],
            given["formula"],
            given["unit"] if given["unit"] in own.UNITS else "ratio",
            falling_is_better=bool(request.POST.get("falling_is_better")),
        )
        made = own.save(wanted, as_of=_today(), at=clock.now(), by=actor(request))
        return Sentence("已保存第 {v} 版。", "Version {v} is saved.").fill(v=made.version)

    done = _done(request, deed)
    if not done:
        request.session["own_metric"] = given
    return HttpResponseRedirect(reverse("console:own-metrics"))


@require_POST
@needs(Right.ACT)
def retire_metric(request: HttpRequest, key: str) -> HttpResponse:
    """Compute a metric no more."""
    own.retire(key, on=_today(), at=clock.now(), by=actor(request))
    return HttpResponseRedirect(reverse("console:own-metrics"))


@require_POST
@needs(Right.ACT)
def save_yardstick(request: HttpRequest) -> HttpResponse:
    """Enter a target or a benchmark with its source."""

    def deed() -> Sentence:
        metric = request.POST.get("metric", "")
        if metric not in METRICS:
            raise NoSuchMetric(metric=metric)
        by, _, value = request.POST.get("slice", "").partition(":")
        number = _number(request.POST.get("value", ""))
        is_target = request.POST.get("kind") == YardstickKind.TARGET
        held = Held(
            YardstickKind.TARGET if is_target else YardstickKind.BENCHMARK,
            metric,
            _stored(number, unit=METRICS[metric].unit),
            request.POST.get("source", ""),
            _today(),
            by if value else "",
            value,
            int(_number(request.POST["n"])) if request.POST.get("n") else None,
        )
        hold_against(held, at=clock.now(), by=actor(request))
        return Sentence("已保存。", "Saved.")

    _done(request, deed)
    return HttpResponseRedirect(reverse("console:own-metrics"))


@require_POST
@needs(Right.ACT)
def save_spending(request: HttpRequest) -> HttpResponse:
    """Enter what a channel took in a month."""

    def deed() -> Sentence:
        currency = shell.standing().strategy.business.currency
        amount = Money.parse(f"{request.POST.get('amount', '').strip()} {currency}")
        try:
            month = date.fromisoformat(f"{request.POST.get('month', '')}-01")
        except ValueError as error:
            raise NotANumber(text=request.POST.get("month", "")) from error
        spent = Spent(request.POST.get("channel", "").strip(), month, amount, "console")
        note_spending(spent, at=clock.now(), by=actor(request))
        return Sentence("已保存；今晚起计入获客成本。", "Saved; it counts from tonight on.")

    _done(request, deed)
    return HttpResponseRedirect(reverse("console:own-metrics"))


@needs(Right.READ)
def what_if(request: HttpRequest) -> HttpResponse:
    """Retention to profit (MET-11), and acquisition against retention (BUD-01)."""
    stands = shell.standing()
    shown: dict[str, Any] = {"shell": shell.of(request, stands), "given": _given(request)}
    try:
        shown |= _answers(shown["given"], currency=stands.strategy.business.currency)
    except Refusal as refusal:
        shown["refusal"] = refusal.sentence(wording.reader_language())
    return render(request, "console/what_if.html", shown)


DEFAULTS: Final = {
    "customers": "1000", "revenue": "1000", "margin": "60", "retention": "80", "new": "200",
    "cost": "300", "fixed": "300000", "added": "10", "years": "1", "budget": "100000",
    "win_value": "400000", "win_half": "50000", "keep_value": "300000", "keep_half": "40000",
}  # fmt: skip


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip() or text for name, text in DEFAULTS.items()}


def _answers(given: dict[str, str], *, currency: str) -> dict[str, Any]:
    number = {name: Fraction(_number(text)) for name, text in given.items()}

    def minor(name: str) -> int:
        return Money.parse(f"{_number(given[name])} {currency}").amount_minor

    business = Business(
        customers=int(number["customers"]),
        revenue_per_customer=minor("revenue"),
        gross_margin=number["margin"] / PERCENT,
        retention=number["retention"] / PERCENT,
        new_customers=int(number["new"]),
        cost_per_new=minor("cost"),
        fixed_cost=minor("fixed"),
    )
    years = int(number["years"])
    profit = retention_to_profit(
        business, added=number["added"] / PERCENT, years=years if years in YEARS else 1
    )
    uses = [
        Use("win", minor("win_value"), minor("win_half")),
        Use("keep", minor("keep_value"), minor("keep_half")),
    ]
    shares = allocate(uses, budget=minor("budget"))
    spent = sum(one.amount for one in shares)
    return {"profit": profit, "shares": shares, "unspent": minor("budget") - spent}


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip().rstrip("%").replace(",", ""))
    except InvalidOperation as error:
        raise NotANumber(text=text) from error
    if not number.is_finite() or abs(number) > 10**13:
        raise NotANumber(text=text)
    return number


def _stored(number: Decimal, *, unit: str) -> Decimal:
    """As the metric counts: a share of 85 is 0.85, an amount is in minor units."""
    if unit == "share":
        return number / PERCENT
    return number * PERCENT if unit == "minor" else number


def _today() -> date:
    return clock.today(shell.standing().zone, clock.now())


def _done(request: HttpRequest, deed: Any) -> bool:
    """Do it, and tell what came of it."""
    language = wording.reader_language()
    try:
        said: Sentence = deed()
    except Refusal as refusal:
        messages.error(request, refusal.sentence(language), extra_tags="warn")
        return False
    messages.success(request, said.say(language), extra_tags="info")
    return True
