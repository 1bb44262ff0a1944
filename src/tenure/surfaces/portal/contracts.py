"""A customer's contracts as the portal tells them: which one is meant, and where it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest

from tenure.act.prices.decided import Given
from tenure.act.prices.queries import charges_for
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.catalog import queries as catalog
from tenure.records.stores.models import StoreContract
from tenure.records.stores.rules import MANAGED_AT, NAMES
from tenure.records.stores.states import Store
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import contract_terms
from tenure.records.subscriptions.quoting.values import RenewalQuote
from tenure.records.subscriptions.states import LIVE, TermState
from tenure.strategy.sections import Strategy
from tenure.surfaces.portal.visitors import Visitor

CHOSEN = "contract"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a plan is called, and what it gives."""

    plan_name: Sentence
    gives: Mapping[str, Sentence]


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract on a day: its newest term, with what renewing it costs."""

    term: Term
    facts: Facts
    on: date
    grace_days: int
    quote: RenewalQuote | None = None
    more_days: Given | None = None

    @property
    def sold_by(self) -> Store | None:
        """The store that renews it instead of us; of who came by a link nobody asked."""
        name = getattr(self.term, "sold_by", None)
        return Store(name) if name else None

    @property
    def store_name(self) -> Sentence | None:
        return NAMES[self.sold_by] if self.sold_by else None

    @property
    def managed_at(self) -> str:
        """Where the store lets its customers change and end it (R-A-070)."""
        return MANAGED_AT[self.sold_by] if self.sold_by else ""

    @property
    def subscription(self) -> Subscription:
        return self.term.subscription

    @property
    def state(self) -> str:
        """running, cancelling, grace, or over."""
        return self.term.state if self.term.state in LIVE else "over"

    @property
    def days_left(self) -> int:
        """Days until the first unpaid one; below zero once it has passed."""
        return (self.term.ends_on - self.on).days

    @property
    def last_paid_on(self) -> date:
        return self.term.ends_on - timedelta(days=1)

    @property
    def grace_until(self) -> date:
        """The last day on which a late renewal still joins the old end."""
        return self.term.ends_on + timedelta(days=self.grace_days)

    @property
    def days_over(self) -> int:
        return max(-self.days_left, 0)

    @property
    def used_percent(self) -> float:
        """How much of the term has passed, 0 to 100; never full before its last day is over."""
        length = (self.term.ends_on - self.term.starts_on).days
        return min(max((1 - self.days_left / length) * 100, 0.0), 100.0)

    @property
    def price(self) -> Money:
        """What renewing for as long as now costs today, as it would be charged."""
        if self.quote is not None:
            return self.quote.bill.to_pay
        return Money(self.term.price_minor, self.term.currency)

    @property
    def end_with_more_days(self) -> date:
        """The last day of the term once the free days are taken."""
        days = self.more_days.extension_days if self.more_days is not None else 0
        return self.last_paid_on + timedelta(days=days)

    @property
    def can_renew(self) -> bool:
        is_open = self.term.state in (TermState.RUNNING, TermState.CANCELLING, TermState.GRACE)
        return is_open and self.sold_by is None

    @property
    def can_return(self) -> bool:
        """Whether it ended, and buying it again begins it anew."""
        is_over = self.term.state in (TermState.LAPSED, TermState.CANCELLED)
        return is_over and self.sold_by is None


def terms_of(visitor: Visitor) -> list[Term]:
    """The newest term of each contract that a visitor may see: those that run first, soonest end
    first; by a link the one contract of the link.
    """
    newest = {term.subscription_id: term for term in _shown_to(visitor)}
    return sorted(newest.values(), key=lambda one: (one.state not in LIVE, one.ends_on, one.pk))


def _shown_to(visitor: Visitor) -> Iterable[Term]:
    """The terms of what a visitor may see, in each contract the newest one last."""
    if visitor.link is not None:
        return visitor.link.chain
    store = StoreContract.objects.filter(subscription=OuterRef("subscription")).values("store")
    mine = contract_terms().filter(account_id=visitor.account_id, reversed_on=None)
    return mine.annotate(sold_by=Subquery(store[:1]))


def chosen(request: HttpRequest, terms: list[Term]) -> Term | None:
    """The contract that a page is about: the one that its address names, or the first."""
    named = request.GET.get(CHOSEN) or request.POST.get(CHOSEN)
    if not named:
        return terms[0] if terms else None
    for term in terms:
        if str(term.subscription_id) == named:
            return term
    raise Http404


def contract_of(term: Term, *, on: date, grace_days: int) -> Contract:
    """A term with its prices."""
    plan = term.plan_version.plan
    gives = {
        one.code: Sentence(one.name_zh, one.name_en)
        for one in catalog.entitlements(term.plan_version_id)
    }
    facts = Facts(Sentence(plan.name_zh, plan.name_en), gives)
    return Contract(term, facts, on, grace_days)


def priced(contract: Contract, *, strategy: Strategy) -> Contract:
    """The same contract with today's quote, where it can be renewed: as the next page charges."""
    if not contract.can_renew:
        return contract
    charges = charges_for(contract.term, on=contract.on, strategy=strategy)
    quote = charges.quote(contract.term.cycle_months)
    return replace(contract, quote=quote, more_days=charges.more_days)
