"""The page for members alone: what a running contract gives, and the offers that stand (CHN-10)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.standing import standing_offers
from tenure.kernel.failures import Sentence
from tenure.records.gifts.models import Gift
from tenure.records.gifts.states import GiftState
from tenure.records.strategies.queries import by_hash
from tenure.records.subscriptions.entitlements.queries import in_force
from tenure.records.subscriptions.entitlements.rules import InForce
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.surfaces.portal.contracts import terms_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Right, Visitor, moment, opens

_RUNS = (TermState.RUNNING, TermState.CANCELLING)


@dataclass(frozen=True, slots=True)
class LiveOffer:
    """An offer that still stands, as its own customer reads it."""

    name: Sentence
    subscription_id: int
    until: date | None
    price_minor: int | None
    list_price_minor: int | None
    currency: str
    days: int


@dataclass(frozen=True, slots=True)
class Membership:
    """One running contract with what it gives today."""

    term: Term
    gives: tuple[InForce, ...]

    @property
    def last_on(self) -> date:
        return self.term.ends_on - timedelta(days=1)


@require_GET
@opens(Right.ACCOUNT)
def members(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Only for whoever has a running contract that gives something; 403 for everybody else."""
    now = moment()
    running = [one for one in terms_of(visitor) if one.state in _RUNS]
    held = [Membership(one, in_force(one.subscription_id, on=now.on)) for one in running]
    entitled = [one for one in held if one.gives]
    if not entitled:
        shown = {"visitor": visitor, "is_account": True}
        return draw(request, "portal/not_member.html", shown=shown, now=now, status=403)
    presents = Gift.objects.filter(account=visitor.account_id, state=GiftState.OPEN, rule_id="")
    shown = {
        "visitor": visitor,
        "memberships": entitled,
        "offers": _offers([one.term for one in entitled], on=now.on),
        "presents": list(presents.order_by("pk")),
        "is_account": True,
    }
    return draw(request, "portal/members.html", shown=shown, now=now)


def _offers(terms: list[Term], *, on: date) -> list[LiveOffer]:
    """The offers of these terms that may still be taken, the one that ends first first."""
    by_id = {one.pk: one for one in terms}
    found = standing_offers(on).filter(term_id__in=by_id).order_by("valid_until", "pk")
    return [_live(one, by_id[one.term_id]) for one in found]


def _live(one: Decision, term: Term) -> LiveOffer:
    offers = by_hash(one.strategy_hash).at(one.as_of).offers
    known = offers.get(one.action)
    return LiveOffer(
        name=known.name if known is not None else Sentence(zh=one.action, en=one.action),
        subscription_id=term.subscription_id,
        until=one.valid_until,
        price_minor=one.price_minor,
        list_price_minor=one.list_price_minor,
        currency=one.currency,
        days=one.extension_days,
    )
