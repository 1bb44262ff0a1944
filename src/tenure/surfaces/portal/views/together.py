"""Renewing together: open a group, show who really paid, pay for one's own place (REF-03)."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tenure.act.payments.actions import How, open_attempt
from tenure.act.payments.grouping import order_in_group, quote_in_group
from tenure.kernel.failures import Outage, Refusal
from tenure.records.billing.orders.rules import AlreadyPaid
from tenure.records.billing.pricing.bill import Bill
from tenure.records.groups.actions import Deal, open_group
from tenure.records.groups.queries import Gathering, gathering, gatherings_of
from tenure.records.subscriptions.models import Term
from tenure.surfaces import wording
from tenure.surfaces.portal.contracts import contract_of, terms_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Moment, Right, Visitor, moment, opens
from tenure.surfaces.portal.ways import PayBy, ways_to_pay

CONFLICT, UNAVAILABLE, UNPROCESSABLE = 409, 503, 422


@require_http_methods(["GET", "POST"])
@opens(Right.ACCOUNT)
def groups(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One's groups, and a button that opens one; pressed twice, it is one group."""
    now = moment()
    deal, term = now.strategy.loyalty.together, _renewable(visitor, now)
    if request.method == "POST":
        if deal is None or term is None:
            raise Http404
        offered = Deal(deal.size, deal.percent_off, deal.hours)
        found = open_group(term, offered, at=now.at, by=visitor.by)
        return redirect("portal:group", found.public_id)
    shown = {
        "visitor": visitor,
        "deal": deal if term is not None else None,
        "gatherings": gatherings_of(visitor.account_id),
        "zone": now.strategy.business.zone,
        "is_account": True,
    }
    return draw(request, "portal/groups.html", shown=shown, now=now)


@require_http_methods(["GET", "POST"])
@opens(Right.ACCOUNT)
def group(request: HttpRequest, visitor: Visitor, *, public_id: str) -> HttpResponse:
    """One group: how many paid, until when, for how much; and paying for a place in it."""
    now = moment()
    found = gathering(public_id, account_id=visitor.account_id)
    if found is None:
        raise Http404
    term = _renewable(visitor, now, plan=found.group.plan_code)
    page = _Page(visitor, found, term, now)
    return _ordered(request, page) if request.method == "POST" else _shown(request, page)


@dataclass(frozen=True, slots=True)
class _Page:
    """A group before one customer, with the term that could be renewed in it."""

    visitor: Visitor
    found: Gathering
    term: Term | None
    now: Moment

    @property
    def is_paid(self) -> bool:
        return self.found.mine is not None and self.found.mine.paid_at is not None

    @property
    def is_over(self) -> bool:
        return not self.found.is_open or self.now.at >= self.found.group.deadline_at

    @property
    def bill(self) -> Bill | None:
        """What a place costs; None where there is none to pay for."""
        if self.term is None or self.is_over or self.is_paid:
            return None
        return quote_in_group(self.term, self.found.group, at=self.now.at).bill


def _ordered(request: HttpRequest, page: _Page) -> HttpResponse:
    at, by, method = page.now.at, page.visitor.by, request.POST.get("pay", "")
    if page.term is None or method not in {one.method for one in _ways(request)}:
        return _shown(request, page, status=UNPROCESSABLE)
    try:
        seen = request.POST.get("digest", "")
        order = order_in_group(page.term.pk, page.found.group, seen=seen, at=at, by=by)
        address = reverse("portal:order", args=[order.public_id])
        how = How(method, request.build_absolute_uri(f"{address}?back=1"), _ip(request))
        open_attempt(order, how, at=at, by=by)
    except AlreadyPaid as paid:
        return redirect("portal:order", str(paid.data["order"]))
    except (Refusal, Outage) as failure:
        error = failure.sentence(wording.reader_language())
        status = CONFLICT if isinstance(failure, Refusal) else UNAVAILABLE
        return _shown(request, page, error=error, status=status)
    return redirect(address)


def _shown(
    request: HttpRequest, page: _Page, *, error: str = "", status: int = 200
) -> HttpResponse:
    strategy, found = page.now.strategy, page.found
    shown = {
        "visitor": page.visitor,
        "found": found,
        "bill": page.bill,
        "is_paid": page.is_paid,
        "is_over": page.is_over,
        "pays": _ways(request),
        "address": f"{strategy.business.portal_url.rstrip('/')}/group/{found.group.public_id}",
        "zone": strategy.business.zone,
        "error": error,
        "is_account": True,
    }
    return draw(request, "portal/group.html", shown=shown, now=page.now, status=status)


def _renewable(visitor: Visitor, now: Moment, *, plan: str = "") -> Term | None:
    """The customer's term that can be renewed now, of one plan where it is named."""
    grace_days = now.strategy.business.grace_days
    for term in terms_of(visitor):
        if plan and term.plan_version.plan.code != plan:
            continue
        if contract_of(term, on=now.on, grace_days=grace_days).can_renew:
            return term
    return None


def _ways(request: HttpRequest) -> tuple[PayBy, ...]:
    return ways_to_pay(request.headers.get("User-Agent", ""))


def _ip(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
