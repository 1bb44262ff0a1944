"""Add the next term to chains: one purchase, or a whole set of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import batched

from django.db import transaction
from django.db.models import Exists, OuterRef

from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.actions import Receipt, record_payments
from tenure.records.billing.pricing.bill import Line
from tenure.records.billing.pricing.rules import tax_split
from tenure.records.catalog.price_list import PriceList
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import BATCH_ROWS, insert_rows, update_rows
from tenure.records.subscriptions.actions.closing import Scope, close
from tenure.records.subscriptions.actions.lines import COLUMNS, Charged, row_of, settle_balance
from tenure.records.subscriptions.actions.moves import locked, move_subscriptions, move_terms
from tenure.records.subscriptions.models import (
    ChangeKind,
    PlannedChange,
    Subscription,
    Term,
    TermLine,
)
from tenure.records.subscriptions.queries import (
    catalog_of,
    comes_after,
    following,
    grace_days,
    renews,
)
from tenure.records.subscriptions.rules import (
    TERM,
    NextTerm,
    Purchase,
    SubscriptionVerb,
    TermVerb,
)
from tenure.records.subscriptions.states import LIVE, TermState
from tenure.strategy.catalog import Catalog

NEW_TERM = (
    "account_id", "subscription_id", "plan_version_id", "number", "cycle_months", "starts_on",
    "ends_on", "price_minor", "list_price_minor", "currency", "state", "tax_minor", "free_days",
    "gift_minor", "recorded_at",
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
    quantity: int
    tax_share: Decimal
    undone: int = 0  # how often a renewal of the old term was undone before

    @property
    def key(self) -> str:
        """The old term, and which of its renewals this is where one was undone."""
        return f"{self.old.pk}:{self.undone}" if self.undone else str(self.old.pk)

    @property
    def line(self) -> Line | None:
        """The line of the accepted bill that is the term itself."""
        return self.purchase.bill.lines[0] if self.purchase.bill else None

    @property
    def list_price_minor(self) -> int:
        if self.line is not None:
            return self.line.list_price.amount_minor
        if self.unit_minor is not None:
            return self.unit_minor * self.quantity
        assert self.purchase.agreed_minor is not None, "a sale without any price was refused"
        return self.purchase.agreed_minor

    @property
    def price_minor(self) -> int:
        agreed = self.purchase.agreed_minor
        return self.list_price_minor if agreed is None else agreed

    @property
    def paid_minor(self) -> int:
        """What the customer pays for everything that is bought with the term."""
        bill = self.purchase.bill
        return bill.to_pay.amount_minor if bill else self.price_minor

    @property
    def tax_minor(self) -> int:
        if self.line is not None:
            return self.line.tax.amount_minor
        return tax_split(Money(self.price_minor, self.old.currency), self.tax_share)[1].amount_minor

    def row(self, at: datetime) -> tuple[object, ...]:
        old, period = self.old, self.comes.period
        chain = (old.account_id, old.subscription_id, self.plan_version_id, old.number + 1)
        days = (self.cycle_months, period.starts_on, period.ends_on)
        free = (self.line.free_days, self.line.gift.amount_minor) if self.line else (0, 0)
        return (*chain, *days, self.price_minor, self.list_price_minor, old.currency,
                TERM.start, self.tax_minor, *free, at)  # fmt: skip

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
                "was": _standing(self.old),
            },
            once_key=f"{kind}:{self.key}",
        )


def _standing(old: Term) -> dict[str, object]:
    """What a renewal changes of a chain, for the day on which it is undone."""
    asked_on = old.cancel_asked_on if old.state == TermState.CANCELLING else None
    return {
        "quantity": old.subscription.quantity,
        "anchor_on": str(old.subscription.anchor_on),
        "cancel_asked_on": str(asked_on) if asked_on else None,
    }


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
    sales = _sales(terms, wanted, grace=grace)
    _write(sales, at=at)
    append_many((one.fact() for one in sales), at=at, by=by)
    new_terms = _new_terms(sales)
    record_payments(_receipts(sales, new_terms), at=at, by=by)
    _write_lines(sales, new_terms, at=at, by=by)
    return len(sales)


def _last_terms(ids: Collection[int]) -> list[Term]:
    """The terms that have no next one yet, with their subscriptions locked."""
    chains = Subscription.objects.filter(
        pk__in=Term.objects.filter(pk__in=ids).values("subscription_id")
    )
    list(chains.select_for_update().order_by("pk").values_list("pk"))
    after = Term.objects.filter(
        subscription=OuterRef("subscription"), number__gt=OuterRef("number"), reversed_on=None
    )
    terms = Term.objects.filter(~Exists(after), pk__in=ids, reversed_on=None).order_by("pk")
    return list(terms.select_related("subscription"))


def _is_late(term: Term, on: date, *, grace: Mapping[date, int]) -> bool:
    """Whether the term should have been closed before a purchase on that day."""
    if term.state == TermState.CANCELLING:
        return on > term.ends_on
    return term.state in LIVE and not renews(term, on, grace_days=grace[on])


def _sales(
    terms: Sequence[Term], wanted: Mapping[int, Purchase], *, grace: Mapping[date, int]
) -> list[_Sale]:
    price_list = PriceList.read()
    sold = {on: catalog_of(on) for on in grace}
    chains = [one.subscription_id for one in terms]
    planned: dict[int, dict[str, PlannedChange]] = defaultdict(dict)
    for change in PlannedChange.objects.filter(
        subscription_id__in=chains, applied_on=None, withdrawn_on=None
    ):
        planned[change.subscription_id][change.kind] = change
    undone = Counter(
        Term.objects.filter(subscription_id__in=chains, reversed_on__isnull=False).values_list(
            "subscription_id", "number"
        )
    )
    found = []
    for term in terms:
        purchase = wanted[term.pk]
        one = _Terms(price_list, sold[purchase.on], planned[term.subscription_id])
        sale = _sale(term, purchase, under=one, days=grace[purchase.on])
        found.append(replace(sale, undone=undone[term.subscription_id, term.number + 1]))
    return found


@dataclass(frozen=True, slots=True)
class _Terms:
    """Under which prices and plans a purchase is made."""

    price_list: PriceList
    sold: Catalog | None
    planned: Mapping[str, PlannedChange]

    def version_id(self, term: Term, purchase: Purchase) -> int:
        if purchase.plan_version_id is not None:
            return purchase.plan_version_id
        change = self.planned.get(ChangeKind.PLAN)
        kept = change.plan_version_id if change else None
        return self.price_list.version_in_force(kept or term.plan_version_id, on=purchase.on)

    def quantity(self, term: Term, purchase: Purchase) -> int:
        change = self.planned.get(ChangeKind.SEATS)
        planned = change.quantity if change else None
        return purchase.quantity or planned or term.subscription.quantity

    def tax_share(self, version_id: int) -> Decimal:
        code = self.price_list.versions[version_id].plan.code
        plan = self.sold.plans.get(code) if self.sold else None
        return plan.tax_share if plan else Decimal(0)


def _sale(term: Term, purchase: Purchase, *, under: _Terms, days: int) -> _Sale:
    cycle_months = purchase.cycle_months or term.cycle_months
    comes = comes_after(term, on=purchase.on, cycle_months=cycle_months, grace_days=days)
    if purchase.moved_end is not None:
        comes = replace(comes, period=Period(comes.period.starts_on, purchase.moved_end))
    version_id = under.version_id(term, purchase)
    key = (version_id, cycle_months, term.currency)
    prices, is_agreed = under.price_list, purchase.agreed_minor is not None
    return _Sale(
        old=term,
        purchase=purchase,
        comes=comes,
        renews=renews(term, purchase.on, grace_days=days),
        cycle_months=cycle_months,
        plan_version_id=version_id,
        unit_minor=prices.prices.get(key) if is_agreed else prices.price(key),
        quantity=under.quantity(term, purchase),
        tax_share=under.tax_share(version_id),
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


def _new_terms(sales: Sequence[_Sale]) -> Mapping[int, Term]:
    """Subscription → the term just added, for those of whom more is written."""
    chains = [
        one.old.subscription_id
        for one in sales
        if one.purchase.paid_by is not None or one.purchase.bill is not None
    ]
    added = Term.objects.filter(subscription_id__in=chains, state__in=LIVE)
    return {one.subscription_id: one for one in added}


def _receipts(sales: Sequence[_Sale], new_terms: Mapping[int, Term]) -> Iterator[Receipt]:
    for one in sales:
        paid_by = one.purchase.paid_by
        if paid_by is None:
            continue
        yield Receipt(
            account_id=one.old.account_id,
            term_id=new_terms[one.old.subscription_id].pk,
            source=paid_by.source,
            external_id=paid_by.external_id,
            method=paid_by.method,
            amount_minor=one.paid_minor,
            currency=one.old.currency,
            paid_on=one.purchase.on,
        )


def _write_lines(
    sales: Sequence[_Sale], new_terms: Mapping[int, Term], *, at: datetime, by: str
) -> None:
    """The add-ons that go on with a term, and what a bill used of the customer's balance."""
    rows = []
    for one in sales:
        bill = one.purchase.bill
        if bill is None:
            continue
        term, key = new_terms[one.old.subscription_id], f"renewal:{one.key}"
        charged = Charged(bill, one.purchase.on, key)
        settle_balance(term, charged, at=at, by=by)
        rows += [
            row_of(line, term, on=one.purchase.on, key=f"{key}:{place}", at=at)
            for place, line in enumerate(bill.lines)
            if place
        ]
    insert_rows(TermLine, rows, columns=COLUMNS)
