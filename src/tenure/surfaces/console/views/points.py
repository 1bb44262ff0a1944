"""Points: one customer's lots and movements, and what all points still promise."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.identifiers import whole
from tenure.kernel.money import Money
from tenure.records.customers.models import Account
from tenure.records.loyalty.actions import (
    Earned,
    Moment,
    cancel_redemption,
    earn,
    redeem,
)
from tenure.records.loyalty.actions import reverse as take_points_back
from tenure.records.loyalty.models import PointsLot, PointsMove
from tenure.records.loyalty.queries import Assumed, balance_of, liability, moves_of
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, may, needs

KINDS: Final = {
    "earn": Sentence(zh="发放", en="given"),
    "redeem": Sentence(zh="兑换", en="redeemed"),
    "reverse": Sentence(zh="退款收回", en="taken back"),
    "return": Sentence(zh="兑换撤销退回", en="returned"),
    "expire": Sentence(zh="过期", en="expired"),
}
_WORTH, _SHARE = "1", "90"


@needs(Right.SEE_PEOPLE)
def points(request: HttpRequest) -> HttpResponse:
    """A customer's points where one is named; what every year of points is owed (G21, G22)."""
    stands = shell.standing()
    on = clock.today(stands.zone, clock.now())
    number = request.GET.get("account", "").strip()
    worth, share = request.GET.get("worth", _WORTH), request.GET.get("share", _SHARE)
    account = Account.objects.filter(external_id=number).order_by("pk").first() if number else None
    shown: dict[str, Any] = {
        "shell": shell.of(request, stands),
        "number": number,
        "account": account,
        "worth": worth,
        "share": share,
        "years": _years(worth, share, on=on, currency=stands.strategy.business.currency),
        "may_act": may(request, Right.ACT),
        "once": clock.now().isoformat(),
        "on": on,
    }
    if account is not None:
        shown |= {
            "balance": balance_of(account.pk, on=on),
            "lots": PointsLot.objects.filter(account=account).order_by("-expires_on", "-pk")[:50],
            "moves": [(one, KINDS[one.kind]) for one in moves_of(account.pk)],
        }
    return render(request, "console/points.html", shown)


def _years(worth: str, share: str, *, on: date, currency: str) -> Any:
    """None where what is assumed cannot be read."""
    try:
        assumed = Assumed(Decimal(worth), Decimal(share) / 100)
        is_sane = 0 < assumed.point_minor < 10**6 and 0 < assumed.redeemed_share <= 1
    except InvalidOperation:
        return None
    if not is_sane:
        return None
    return liability(assumed, as_of=on, currency=currency)


@require_POST
@needs(Right.ACT)
def move_points(request: HttpRequest) -> HttpResponse:
    """Give, redeem, take back or return points of one customer."""
    number, at = request.POST.get("account", ""), clock.now()
    now = Moment(clock.today(shell.standing().zone, at), at, actor(request))
    account = Account.objects.filter(external_id=number).order_by("pk").first()
    back = f"{reverse('console:points')}?{urlencode({'account': number})}"
    if account is None:
        messages.error(request, gettext("Nobody has this customer number; check it."))
        return HttpResponseRedirect(back)
    try:
        _VERBS.get(request.POST.get("verb", ""), _nothing)(request, account, now)
    except (InvalidOperation, ValueError):
        messages.error(request, gettext("That cannot be read; check what was typed."))
    except (PointsLot.DoesNotExist, PointsMove.DoesNotExist):
        messages.error(request, gettext("No sale or redemption has this number."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    else:
        messages.success(request, gettext("Noted."))
    return HttpResponseRedirect(back)


def _many(request: HttpRequest) -> int:
    """0 where nothing was typed; what is no number is not taken for nothing."""
    text = request.POST.get("points", "").strip()
    number = whole(text)
    if text and not number:
        raise ValueError("points are a whole number")
    return number


def _ref(request: HttpRequest) -> str:
    ref = request.POST.get("ref", "").strip()[:100]
    if not ref:
        raise ValueError("a sale or a redemption has a number")
    return ref


def _give(request: HttpRequest, account: Account, now: Moment) -> None:
    paid = request.POST.get("paid", "").strip()
    sale = Money.parse(f"{Decimal(paid):.2f} {account.currency}").amount_minor if paid else None
    expires_on = date.fromisoformat(request.POST.get("expires_on", ""))
    earn(Earned(account.pk, _ref(request), _many(request), expires_on, sale), now=now)


def _use(request: HttpRequest, account: Account, now: Moment) -> None:
    redeem(account.pk, _many(request), ref=_ref(request), now=now)


def _take_back(request: HttpRequest, account: Account, now: Moment) -> None:
    lot = PointsLot.objects.get(account=account, ref=_ref(request))
    take_points_back(
        lot.ref, _many(request) or None, key=request.POST.get("once", "")[:40], now=now
    )


def _return(request: HttpRequest, account: Account, now: Moment) -> None:
    ref = _ref(request)
    PointsMove.objects.get(account=account, kind="redeem", ref=ref)
    cancel_redemption(ref, _many(request) or None, key=request.POST.get("once", "")[:40], now=now)


def _nothing(request: HttpRequest, account: Account, now: Moment) -> None:
    raise ValueError("the page offers four verbs")


_VERBS: Final[dict[str, Callable[[HttpRequest, Account, Moment], None]]] = {
    "give": _give,
    "redeem": _use,
    "take_back": _take_back,
    "return": _return,
}
