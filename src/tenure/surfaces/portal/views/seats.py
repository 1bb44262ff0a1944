"""Seats: more from today on, prorated and paid first; fewer from the next term on (BIL-04)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tenure.act.payments.ordering import order_seats
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.identifiers import whole
from tenure.records.subscriptions.actions import remove_seats
from tenure.records.subscriptions.actions.changing import withdraw_change
from tenure.records.subscriptions.models import ChangeKind
from tenure.records.subscriptions.quoting.queries import quote_seats
from tenure.surfaces.portal.dealing import Deal, Told, back, confirmable, done, term_of
from tenure.surfaces.portal.visitors import Right, Visitor, moment, opens

_MOST = 1000
_MORE = Sentence(zh="增加 {seats} 个席位", en="{seats} more seats")


@require_http_methods(["GET", "POST"])
@opens(Right.ACCOUNT)
def more(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What more seats cost for the rest of the term; confirmed, they are ordered."""
    now, term = moment(), term_of(request, visitor)
    count = _whole(request.POST.get("more") or request.GET.get("more", ""))
    try:
        bill = quote_seats(term.pk, count, on=now.on)
    except Refusal as refusal:
        return back(request, term, why=refusal)
    told = Told(_MORE.fill(seats=count), bill, more=count)
    return confirmable(
        Deal(request, visitor, term, told),
        lambda seen: order_seats(term.pk, count, seen=seen, at=now.at, by=visitor.by),
        now=now,
    )


@require_POST
@opens(Right.ACCOUNT)
def fewer(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take seats off at the end of what is paid."""
    now, term = moment(), term_of(request, visitor)
    count = _whole(request.POST.get("fewer", ""))

    def take_off() -> str:
        remove_seats(term.pk, fewer=count, on=now.on, at=now.at, by=visitor.by)
        return gettext("Noted. Until the end of your term everybody keeps their seat.")

    return done(request, term, do=take_off)


@require_POST
@opens(Right.ACCOUNT)
def keep(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take back what waits for the end of the term."""
    now, term = moment(), term_of(request, visitor)

    def take_back() -> str:
        kind, by = ChangeKind.SEATS, visitor.by
        withdraw_change(term.subscription_id, kind, on=now.on, at=now.at, by=by)
        return gettext("Taken back. Your seats stay as they are.")

    return done(request, term, do=take_back)


def _whole(text: str) -> int:
    return number if (number := whole(text)) <= _MOST else 0
