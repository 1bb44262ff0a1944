"""The pages of somebody who leaves: why, perhaps one offer, confirm, done; each in one click.

From the account page it is two clicks to a confirmed cancellation: the first starts the visit and
leads to a page that already holds the last one (R-A-081).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from tenure.act.consequences.queries import export_of
from tenure.act.messages.aftermath import refund_told, steps_after
from tenure.act.self_service import cancelling
from tenure.act.self_service.cancelling import AlreadyLeaving, NothingToCancel, Visit
from tenure.act.self_service.leaving import leaving_of
from tenure.decide.saves.queries import policy_of
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.kernel.lifecycle import IllegalMove
from tenure.records.cancellations.models import Cancellation
from tenure.records.cancellations.queries import cancellation, confirmed_cancellation, offer_of
from tenure.records.cancellations.rules import Told, UnknownCancellation
from tenure.records.cancellations.states import OPEN, CancellationState, SaveAnswer, Stop
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE, TermState
from tenure.surfaces import wording
from tenure.surfaces.portal.cancelling.offers import offer_shown
from tenure.surfaces.portal.contracts import CHOSEN, chosen, terms_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Moment, Right, Visitor, moment, opens

CONFLICT: Final = 409

type Page = Callable[..., HttpResponse]


def of_visit(view: Page) -> Callable[..., HttpResponseBase]:
    """A page about one attempt to leave, open to whoever may cancel that very contract."""

    @wraps(view)
    @opens(Right.CANCEL)
    def guarded(request: HttpRequest, visitor: Visitor, *, public_id: str) -> HttpResponse:
        try:
            row = cancellation(public_id)
        except UnknownCancellation as unknown:
            raise Http404 from unknown
        if row.subscription_id not in {one.subscription_id for one in terms_of(visitor)}:
            raise Http404
        return view(request, visitor=visitor, row=row)

    return guarded


@require_GET
@opens(Right.LOOK)
def leave(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Where leaving begins, or how it stands: why (if one likes), go on, or undo."""
    now, term = moment(), chosen(request, terms_of(visitor))
    if term is None or term.state not in LIVE:
        return _over(request, term, now=now)
    if term.state == TermState.CANCELLING:
        row = confirmed_cancellation(term.pk)
        if row is not None and Right.CANCEL in visitor.may:
            return redirect("portal:visit", public_id=row.public_id)
        return _leaving_already(request, term, now=now)
    return draw(request, "portal/cancelling/reason.html", shown=_common(term, now), now=now)


@require_POST
@opens(Right.CANCEL)
def start(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The first click. Confirming here and now is the second, where somebody wants no page more."""
    term = chosen(request, terms_of(visitor))
    if term is None:
        raise Http404
    at, by = clock.now(), visitor.by
    channel = "link" if visitor.link is not None else "portal"
    visit = Visit(term.pk, channel=channel, language=wording.reader_language())
    try:
        row = cancelling.start(visit, at=at, by=by)
    except (NothingToCancel, AlreadyLeaving):
        return redirect(f"{reverse('portal:leave')}?{CHOSEN}={term.subscription_id}")
    _take_reason(request, row, by=by)
    if "confirm" in request.POST:
        cancelling.confirm(row.pk, at=at, by=by)
    else:
        cancelling.show_offer(row.pk, at=at, by=by)
    return redirect("portal:visit", public_id=row.public_id)


@require_GET
@of_visit
def visit(request: HttpRequest, *, visitor: Visitor, row: Cancellation) -> HttpResponse:
    """The page at which an attempt to leave stands."""
    now, term = moment(), _term(row)
    if row.state == CancellationState.CONFIRMED:
        return draw(request, "portal/cancelling/done.html", shown=_done(row, now), now=now)
    if row.state == CancellationState.KEPT:
        shown = {"row": row, "offer": offer_shown(row, strategy=now.strategy), "term": term}
        return draw(request, "portal/cancelling/kept.html", shown=shown, now=now)
    if row.state not in OPEN:
        return redirect(f"{reverse('portal:leave')}?{CHOSEN}={row.subscription_id}")
    common = {**_common(term, now), "row": row}
    offer = offer_of(row.pk)
    if offer is not None and offer.state == SaveAnswer.SHOWN and "details" not in request.GET:
        common["offer"] = offer_shown(row, strategy=now.strategy)
        return draw(request, "portal/cancelling/offer.html", shown=common, now=now)
    return draw(request, "portal/cancelling/confirm.html", shown=common, now=now)


@require_POST
@of_visit
def confirm(request: HttpRequest, *, visitor: Visitor, row: Cancellation) -> HttpResponse:
    """Leave, at the end or today; what was shown is declined by it."""
    stop = Stop.AT_ONCE if request.POST.get("stop") == Stop.AT_ONCE else Stop.AT_END
    _take_reason(request, row, by=visitor.by)
    return _done_or_told(
        request, row, deed=lambda at: cancelling.confirm(row.pk, at=at, by=visitor.by, stop=stop)
    )


@require_POST
@of_visit
def accept(request: HttpRequest, *, visitor: Visitor, row: Cancellation) -> HttpResponse:
    """Take the offer, and stay."""
    return _done_or_told(
        request, row, deed=lambda at: cancelling.accept_offer(row.pk, at=at, by=visitor.by)
    )


@require_POST
@of_visit
def keep(request: HttpRequest, *, visitor: Visitor, row: Cancellation) -> HttpResponse:
    """Stay without anything."""
    return _done_or_told(
        request, row, deed=lambda at: cancelling.keep_service(row.pk, at=at, by=visitor.by)
    )


@require_POST
@of_visit
def reason(request: HttpRequest, *, visitor: Visitor, row: Cancellation) -> HttpResponse:
    """Why, after leaving was confirmed."""
    _take_reason(request, row, by=visitor.by)
    return redirect("portal:visit", public_id=row.public_id)


@require_POST
@opens(Right.CANCEL)
def undo(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take the cancellation back, in one click."""
    term = chosen(request, terms_of(visitor))
    if term is None:
        raise Http404
    try:
        cancelling.undo(term.pk, at=clock.now(), by=visitor.by)
    except Refusal as refusal:
        return _told(request, refusal)
    return redirect(f"{reverse('portal:home')}?{CHOSEN}={term.subscription_id}")


def _take_reason(request: HttpRequest, row: Cancellation, *, by: str) -> None:
    """What was said why; nothing said, or a word that the list no longer has, holds nobody up."""
    told = Told(request.POST.get("reason", ""), request.POST.get("words", ""))
    known = moment().strategy.reasons
    if (told.reason or told.text) and (not told.reason or told.reason in known):
        cancelling.give_reason(row.pk, told, at=clock.now(), by=by)


def _done_or_told(
    request: HttpRequest, row: Cancellation, *, deed: Callable[[datetime], object]
) -> HttpResponse:
    try:
        deed(clock.now())
    except IllegalMove:
        # Ended another way meanwhile, perhaps in another window: the page says how it stands.
        pass
    except Refusal as refusal:
        return _told(request, refusal)
    return redirect("portal:visit", public_id=row.public_id)


def _told(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    shown = {"sentence": refusal.sentence(wording.reader_language())}
    return draw(request, "portal/cancelling/told.html", shown=shown, status=CONFLICT)


def _over(request: HttpRequest, term: Term | None, *, now: Moment) -> HttpResponse:
    ended_on = (term.closed_on or term.ends_on) if term else now.on
    refusal = NothingToCancel(ended_on=ended_on)
    shown = {"sentence": refusal.sentence(wording.reader_language())}
    return draw(request, "portal/cancelling/told.html", shown=shown, now=now)


def _leaving_already(request: HttpRequest, term: Term, *, now: Moment) -> HttpResponse:
    """Cancelled by another way than these pages: how long it runs, and the way back."""
    refusal = AlreadyLeaving(last_on=term.ends_on - timedelta(days=1))
    shown = {
        "sentence": refusal.sentence(wording.reader_language()),
        "contract": term.subscription_id,
    }
    return draw(request, "portal/cancelling/told.html", shown=shown, now=now)


def _term(row: Cancellation) -> Term:
    terms = Term.objects.select_related("account", "subscription", "plan_version__plan")
    return terms.get(pk=row.term_id)


def _common(term: Term, now: Moment) -> dict[str, Any]:
    """What every page before the confirmation shows: the end, the refund, what comes after."""
    policy = policy_of(term.subscription_id, on=now.on)
    return {
        "term": term,
        "export": export_of(term.pk, at=now.at),
        "leaving": leaving_of(term, policy=policy, strategy=now.strategy, on=now.on),
        "export_url": reverse("portal:own-data"),
        "reasons": list(now.strategy.reasons.values()),
    }


def _done(row: Cancellation, now: Moment) -> dict[str, Any]:
    term = _term(row)
    assert row.ends_on is not None, "a confirmed cancellation has its end"
    return {
        "row": row,
        "term": term,
        "steps": steps_after(term, ends_on=row.ends_on),
        # A number and a day that are true, or nothing (JRN-06, TOP-14).
        "export": export_of(term.pk, at=now.at),
        "refund": refund_told(row),
        "export_url": reverse("portal:own-data"),
        "zone": now.strategy.business.zone,
        "can_undo": term.state == TermState.CANCELLING and now.on < term.ends_on,
        "is_undone": row.undone_at is not None,
        "reasons": list(now.strategy.reasons.values()),
    }
