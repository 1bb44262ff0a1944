"""The page of one survey: opened by the link of its message, changed until it closes."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tenure.act.self_service.links import BadLink
from tenure.act.surveys.queries import invitation_of
from tenure.kernel.currencies import EXPONENTS
from tenure.kernel.failures import Refusal
from tenure.records.feedback.asking import Reply, SurveyClosed, keep_reply
from tenure.records.feedback.models import Invitation
from tenure.records.feedback.rules import SCORES
from tenure.strategy.surveys import Survey, SurveyKind
from tenure.surfaces import wording
from tenure.surfaces.portal import throttle
from tenure.surfaces.portal.shell import draw, tongue
from tenure.surfaces.portal.visitors import Moment, moment

NOT_FOUND, GONE, UNPROCESSABLE = 404, 410, 422
_MOST_DIGITS: Final = 6
PRICE_POINTS: Final = ("too_cheap", "cheap", "expensive", "too_expensive")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be chosen, and whether it is."""

    value: str
    name: str
    is_chosen: bool


# The signed token is the permission, as with the link that unsubscribes: no cookie is needed.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """A GET only asks, even with a score in it: scanners of mail open every link.

    The page that a score of the mail opens sends it by itself; without scripts, one button does.
    """
    now, asked = moment(), None
    if not throttle.BAD_LINKS.is_reached(request):
        asked = invitation_of(token)
    known = now.strategy.surveys.get(asked.wave.survey) if asked else None
    if asked is None or known is None:
        throttle.BAD_LINKS.count(request)
        sentence = BadLink().sentence(wording.reader_language())
        return draw(request, "portal/refused.html", shown={"sentence": sentence}, status=NOT_FOUND)
    with translation.override(_wished(request) or tongue(asked.person.language)):
        if request.method == "POST":
            return _take(request, asked, known, now)
        if now.on >= asked.wave.closes_on:
            return _ask(request, asked, known, refusal=SurveyClosed(closes_on=asked.wave.closes_on))
        return _ask(request, asked, known)


def _wished(request: HttpRequest) -> str:
    """The language that the address names, if we speak it."""
    return {"en": "en", "zh": "zh-hans"}.get(request.GET.get("lang", ""), "")


def _take(request: HttpRequest, asked: Invitation, known: Survey, now: Moment) -> HttpResponse:
    try:
        reply = _reply(request.POST, known, currency=now.strategy.business.currency)
        kept = keep_reply(asked.pk, reply, on=now.on, at=now.at, by="customer")
    except Refusal as refusal:
        return _ask(request, asked, known, refusal=refusal)
    return _ask(request, kept, known, is_kept=True)


def _reply(form: Mapping[str, str], known: Survey, *, currency: str) -> Reply:
    text = form.get("text", "")
    if known.kind in SCORES:
        score = form.get("score", "")
        return Reply(int(score) if score.isdecimal() and len(score) < 3 else None, text)
    if known.kind is SurveyKind.EXIT:
        reason = form.get("reason", "")
        return Reply(text=text, given={"reason": reason} if reason else {})
    if known.kind is SurveyKind.VAN_WESTENDORP:
        prices = {name: _minor(form.get(name, ""), currency) for name in PRICE_POINTS}
        given = {"currency": currency, **prices} if any(prices.values()) else {}
        return Reply(text=text, given=given)
    most = form.get("most", "")
    return Reply(text=text, given={"most_minor": int(most)} if most.isdecimal() else {})


def _minor(text: str, currency: str) -> int | None:
    """A typed price in minor units; None where it is none."""
    try:
        amount = Decimal(text.strip().lstrip("¥￥$€£ ").replace(",", ""))
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount < 0 or amount >= 10**_MOST_DIGITS:
        return None
    return int(amount.scaleb(EXPONENTS[currency]).to_integral_value(ROUND_HALF_UP))


def _ask(
    request: HttpRequest,
    asked: Invitation,
    known: Survey,
    *,
    refusal: Refusal | None = None,
    is_kept: bool = False,
) -> HttpResponse:
    language = wording.reader_language()
    is_closed = isinstance(refusal, SurveyClosed)
    from_mail = request.GET.get("score", "") if asked.answered_on is None else ""
    shown = {
        "asked": asked,
        "tongue": request.GET.get("lang", "") if _wished(request) else "",
        "question": known.question.say(language),
        "kind": str(known.kind),
        "scores": _scores(known, asked, from_mail),
        "reasons": _reasons(known, asked, language),
        "prices": _prices(known, asked),
        "points": _points(asked, request),
        "text": request.POST.get("text", asked.text),
        "refused": refusal.sentence(language) if refusal else "",
        "is_closed": is_closed,
        "is_kept": is_kept,
        "sends_itself": bool(from_mail) and request.method == "GET" and refusal is None,
    }
    status = 200
    if refusal is not None:
        status = GONE if is_closed else UNPROCESSABLE
    return draw(request, "portal/survey.html", shown=shown, status=status)


def _scores(known: Survey, asked: Invitation, from_mail: str) -> list[Choice]:
    if known.kind not in SCORES:
        return []
    least, most = SCORES[known.kind]
    chosen = from_mail or ("" if asked.score is None else str(asked.score))
    return [Choice(str(n), str(n), str(n) == chosen) for n in range(least, most + 1)]


def _reasons(known: Survey, asked: Invitation, language: str) -> list[Choice]:
    if known.kind is not SurveyKind.EXIT:
        return []
    chosen = asked.given.get("reason", "")
    reasons = moment().strategy.reasons.values()
    return [Choice(one.id, one.name.say(language), one.id == chosen) for one in reasons]


def _prices(known: Survey, asked: Invitation) -> list[Choice]:
    if known.kind is not SurveyKind.GABOR_GRANGER:
        return []
    chosen = str(asked.given.get("most_minor", ""))
    return [
        Choice(value, wording.money(one.amount_minor, one.currency), value == chosen)
        for one in known.prices
        for value in (str(one.amount_minor),)
    ]


def _points(asked: Invitation, request: HttpRequest) -> dict[str, str]:
    """What was typed, or else kept, for each of the four prices."""
    digits = EXPONENTS[str(asked.given.get("currency", "CNY"))]
    kept = {name: asked.given.get(name) for name in PRICE_POINTS}
    told = {
        name: "" if value is None else f"{Decimal(int(value)).scaleb(-digits):f}"
        for name, value in kept.items()
    }
    return {name: request.POST.get(name, told[name]) for name in PRICE_POINTS}
