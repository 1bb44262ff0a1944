"""What the customer bought: chains of terms, and the end that comes first."""

from collections.abc import Iterable
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.catalog.models import PlanVersion, Price
from tenure.records.subscriptions.models import Term
from tenure.surfaces.customer_view.shapes import Contract, NextRenewal, TermLine


def terms_read(account_id: int, *, today: date) -> list[Term]:
    """Every term of an account with its plan, subscription and present list price: one query."""
    terms = Term.objects.filter(account=account_id).select_related(
        "subscription", "plan_version__plan"
    )
    return list(with_list_price(terms, today=today).order_by("-ends_on", "-pk"))


def contracts(terms: Iterable[Term]) -> tuple[Contract, ...]:
    """One per subscription, those that run first."""
    chains: dict[int, list[Term]] = {}
    for term in terms:
        chains.setdefault(term.subscription_id, []).append(term)
    found = [_contract(chain) for chain in chains.values()]
    return tuple(sorted(found, key=lambda one: (one.live is None, one.subscription_id)))


def _contract(chain: list[Term]) -> Contract:
    held = chain[0].subscription
    lines = sorted(chain, key=lambda one: (one.reversed_on is None, one.number), reverse=True)
    return Contract(
        subscription_id=held.pk,
        source=held.source,
        external_id=held.external_id,
        state=held.state,
        quantity=held.quantity,
        auto_renew=held.auto_renew,
        owner_name=held.owner_name,
        started_on=held.started_on,
        ended_on=held.ended_on,
        terms=tuple(_line(term) for term in lines),
    )


def _line(term: Term) -> TermLine:
    return TermLine(
        term_id=term.pk,
        number=term.number,
        plan_code=term.plan_version.plan.code,
        plan_name=plan_name(term.plan_version),
        cycle_months=term.cycle_months,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        price=Money(term.price_minor, term.currency),
        list_price=Money(term.list_price_minor, term.currency),
        state=term.state,
        renewed_on=term.renewed_on,
        closed_on=term.closed_on,
        cancel_asked_on=term.cancel_asked_on,
        end_kind=term.end_kind,
        extended_days=term.extended_days,
        reversed_on=term.reversed_on,
    )


def plan_name(version: PlanVersion) -> Sentence:
    """How people call the plan."""
    return Sentence(zh=version.plan.name_zh, en=version.plan.name_en)


def next_renewal(
    found: Iterable[Contract], *, terms: Iterable[Term], today: date
) -> NextRenewal | None:
    """The live term that ends first, with the list price of going on."""
    live = [(one.live, one) for one in found if one.live is not None]
    if not live:
        return None
    line, contract = min(live, key=lambda pair: pair[0].ends_on)
    term = next(one for one in terms if one.pk == line.term_id)
    unit: int | None = getattr(term, "listed_minor", None)
    return NextRenewal(
        subscription_id=contract.subscription_id,
        term_id=line.term_id,
        ends_on=line.ends_on,
        days_left=(line.ends_on - today).days,
        state=line.state,
        auto_renew=contract.auto_renew,
        cycle_months=line.cycle_months,
        price=None if unit is None else Money(unit * contract.quantity, line.price.currency),
    )


def with_list_price(terms: QuerySet[Term], *, today: date) -> QuerySet[Term]:
    """Terms, each with what one more cycle of its plan costs today, for one unit."""
    sold = Price.objects.filter(
        plan_version__plan=OuterRef("plan_version__plan"),
        plan_version__effective_on__lte=today,
        cycle_months=OuterRef("cycle_months"),
        currency=OuterRef("currency"),
    ).order_by("-plan_version__effective_on", "-plan_version__version")
    return terms.annotate(listed_minor=Subquery(sold.values("amount_minor")[:1]))
