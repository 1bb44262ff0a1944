"""Add the next term to chains: one purchase, or a whole set of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Exists, OuterRef

from tenure.kernel.periods import Period
from tenure.records.billing.actions import Receipt, record_payments
from tenure.records.catalog.price_list import PriceList
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import BATCH_ROWS, insert_rows, update_rows
from tenure.records.subscriptions.actions.closing import Scope, close
from tenure.records.subscriptions.actions.moves import locked, move_subscriptions, move_terms
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import comes_after, following, grace_days, renews
from tenure.records.subscriptions.rules import (
    TERM,
    NextTerm,
    Purchase,
    SubscriptionVerb,
    TermVerb,
)
from tenure.records.subscriptions.states import LIVE, TermState

NEW_TERM = (
    "account_id", "subscription_id", "plan_version_id", "number", "cycle_months", "starts_on",
    "ends_on", "price_minor", "list_price_minor", "currency", "state", "recorded_at",
)  # fmt: skip


@transaction.atomic
def renew(purchase: Purchase, *, at: datetime, by: str) -> Term:
    """Add the term that a customer bought after this one; bought again, the one that is there.

    Early, on time and within grace it joins the old end and the old term is renewed. Later, or
    after a cancellation, the old term stays lapsed or cancelled and the subscription resumes with
    a term from the day of payment (R-Y-061).

    Raises:
        NoPrice: no price was named and the plan is not sold in that cycle.
    """
    term = locked(purchase.term_id)
    _renew([purchase], at=at, by=by)
    added = following(term)
    assert added is not None, "a purchase that was not refused adds a term"
    return added


def renew_many(purchases: Iterable[Purchase], *, at: datetime, by: str) -> int:
    """Add the terms of many purchases, one for each old term; how many were new.

    Each batch of 5,000 is one transaction; what is there already is skipped, so a set that was
    broken off is simply sent again.
    """
    return sum(_renew(batch, at=at, by=by) for batch in batched(purchases, BATCH_ROWS))


@dataclass(frozen=True, slots=True)
class _Sale:
    """One purchase with everything that follows from it."""

    old: Term
    purchase: Purchase
    comes: NextTerm
    renews: bool
    cycle_months: int
    plan_version_id: int
    unit_minor: int | None  # the list price of one unit; None where the plan has none
    agreed_minor: int | None  # for all units, where it is not the list price

    @property
    def quantity(self) -> int:
        return self.purchase.quantity or self.old.subscription.quantity

    @property
    def list_price_minor(self) -> int:
        if self.unit_minor is not None:
            return self.unit_minor * self.quantity
        assert self.agreed_minor is not None, "a sale without any price was refused"
        return self.agreed_minor

    @property
    def price_minor(self) -> int:
        return self.list_price_minor if self.agreed_minor is None else self.agreed_minor

    def row(self, at: datetime) -> tuple[object, ...]:
        old, period = self.old, self.comes.period
        chain = (old.account_id, old.subscription_id, self.plan_version_id, old.number + 1)
        days = (self.cycle_months, period.starts_on, period.ends_on)
        return (*chain, *days, self.price_minor, self.list_price_minor, old.currency,
                TERM.start, at)  # fmt: skip

    def fact(self) -> Fact:
        kind = "term.renewed" if self.renews else "term.resumed"
        return Fact(
            kind,
            on=self.purchase.on,
            account_id=self.old.account_id,
            term_id=self.old.pk,
            content={
                "number": self.old.number + 1,
                "starts_on": str(self.comes.period.starts_on),
                "ends_on": str(self.comes.period.ends_on),
                "cycle_months": self.cycle_months,
                "price_minor": self.price_minor,
                "currency": self.old.currency,
            },
            once_key=f"{kind}:{self.old.pk}",
        )


@transaction.atomic
def _renew(purchases: Sequence[Purchase], *, at: datetime, by: str) -> int:
    wanted = {one.term_id: one for one in reversed(purchases)}
    terms = _last_terms(wanted)
    grace = {on: grace_days(on) for on in {one.on for one in purchases}}
    late = [term.pk for term in terms if _is_late(term, wanted[term.pk].on, grace=grace)]
    for on in sorted({wanted[one].on for one in late}):
        ids = [one for one in late if wanted[one].on == on]
        close(Scope(on - timedelta(days=1), ids), at=at, by=by)
    if late:
        terms = _last_terms(wanted)
    price_list = PriceList.read()
    sales = [_sale(term, wanted[term.pk], price_list=price_list, grace=grace) for term in terms]
    _write(sales, at=at)
    append_many((one.fact() for one in sales), at=at, by=by)
    record_payments(_receipts(sales), at=at, by=by)
    return len(sales)


def _last_terms(ids: Collection[int]) -> list[Term]:
    """The terms that have no next one yet, with their subscriptions locked."""
    chains = Subscription.objects.filter(
        pk__in=Term.objects.filter(pk__in=ids).values("subscription_id")
    )
    list(chains.select_for_update().order_by("pk").values_list("pk"))
    after = Term.objects.filter(
        subscription=OuterRef("subscription"), number__gt=OuterRef("number")
    )
    terms = Term.objects.filter(~Exists(after), pk__in=ids).order_by("pk")
    return list(terms.select_related("subscription"))


def _is_late(term: Term, on: date, *, grace: Mapping[date, int]) -> bool:
    """Whether the term should have been closed before a purchase on that day."""
    if term.state == TermState.CANCELLING:
        return on > term.ends_on
    return term.state in LIVE and not renews(term, on, grace_days=grace[on])


def _sale(
    term: Term, purchase: Purchase, *, price_list: PriceList, grace: Mapping[date, int]
) -> _Sale:
    cycle_months = purchase.cycle_months or term.cycle_months
    days = grace[purchase.on]
    comes = comes_after(term, on=purchase.on, cycle_months=cycle_months, grace_days=days)
    if purchase.ends_on is not None:
        comes = replace(comes, period=Period(comes.period.starts_on, purchase.ends_on))
    version_id = purchase.plan_version_id or price_list.version_in_force(
        term.plan_version_id, on=purchase.on
    )
    key = (version_id, cycle_months, term.currency)
    agreed_minor = purchase.price_minor
    unit_minor = price_list.price(key) if agreed_minor is None else price_list.prices.get(key)
    return _Sale(
        old=term,
        purchase=purchase,
        comes=comes,
        renews=renews(term, purchase.on, grace_days=days),
        cycle_months=cycle_months,
        plan_version_id=version_id,
        agreed_minor=agreed_minor,
        unit_minor=unit_minor,
    )


def _write(sales: Sequence[_Sale], *, at: datetime) -> None:
    renewed = [one for one in sales if one.renews]
    update_rows(Term, [(one.purchase.on, one.old.pk) for one in renewed], columns=("renewed_on",))
    old_terms = Term.objects.filter(pk__in=[one.old.pk for one in renewed])
    move_terms(old_terms, TermVerb.RENEW, closed_on=None, cancel_asked_on=None, end_kind="")
    added = insert_rows(Term, [one.row(at) for one in sales], columns=NEW_TERM)
    assert added == len(sales), "the chains are locked and each lacked this term"
    update_rows(
        Subscription,
        [
            (
                one.comes.anchor_on,
                one.cycle_months,
                one.plan_version_id,
                one.quantity,
                one.old.subscription_id,
            )
            for one in sales
        ],
        columns=("anchor_on", "cycle_months", "plan_version_id", "quantity"),
    )
    move_subscriptions(
        Subscription.objects.filter(pk__in=[one.old.subscription_id for one in sales]),
        SubscriptionVerb.RESUME,
        ended_on=None,
        end_kind="",
    )


def _receipts(sales: Sequence[_Sale]) -> Iterator[Receipt]:
    paid = [one for one in sales if one.purchase.paid_by is not None]
    chains = [one.old.subscription_id for one in paid]
    new_terms = Term.objects.filter(subscription_id__in=chains, state__in=LIVE)
    new_ids = dict(new_terms.values_list("subscription_id", "pk"))
    for one in paid:
        paid_by = one.purchase.paid_by
        assert paid_by is not None, "only the paid ones were kept"
        yield Receipt(
            account_id=one.old.account_id,
            term_id=new_ids[one.old.subscription_id],
            source=paid_by.source,
            external_id=paid_by.external_id,
            method=paid_by.method,
            amount_minor=one.price_minor,
            currency=one.old.currency,
            paid_on=one.purchase.on,
        )
