"""What a text may say about a term: its plan, its end, what renewing costs."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery

from tenure.act.consequences.rules import Step, steps_of
from tenure.act.messages.hanging import DueFacts, hanging_on
from tenure.act.prices.queries import Charges, Till
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.among import among
from tenure.records.billing.models import Payment
from tenure.records.catalog.models import PlanVersion
from tenure.records.catalog.price_list import PriceList
from tenure.records.customers.models import Person
from tenure.records.subscriptions.models import Term
from tenure.records.together import read_with
from tenure.strategy.sections import Strategy

MOST_TARIFFS = 5
# What texts and prices look at; the rest of a row is read when somebody asks for it.
_COLUMNS: Final = (
    "account", "subscription", "plan_version", "number", "cycle_months", "starts_on", "ends_on",
    "list_price_minor", "currency", "state", "renewed_on", "closed_on", "end_kind",
    "extended_days",
)  # fmt: skip
_RELATED: Final = (
    "account.name", "account.kind", "subscription.started_on", "subscription.owner_name",
    "subscription.anchor_on", "subscription.quantity", "subscription.state",
)  # fmt: skip
# What some texts name is read where one of a batch names it.
_PAID: Final = frozenset({"payment_method"})
_TARIFFS: Final = frozenset({"tariffs"})
_ATTRIBUTES: Final = frozenset({"previews", "news", "cases"})
# How the account paid last, and what else is known about it.
_METHOD: Final = "paid_method"
_READER: Final = "reader_name"
_OWN_WORDS: Final = "account.attributes"


@dataclass(frozen=True, slots=True)
class TermFacts:
    """One term as its customer is told of it."""

    term_id: int
    account_id: int
    account_name: str
    plan_code: str
    plan_name: Sentence
    number: int
    cycle_months: int
    ends_on: date
    started_on: date
    owner_name: str
    till: Till
    gives: Mapping[str, Sentence]
    paid_by: str
    account_kind: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)
    reader_name: str = ""  # of the primary person, where everything is read
    lapse: tuple[Step, ...] = ()
    due: DueFacts | None = None
    tariffs: tuple[tuple[Sentence, int, Money], ...] = ()
    agreed: Money | None = None

    @property
    def charges(self) -> Charges:
        """The price at which its link renews it, worked out when a text asks for it."""
        return self.till.of(self.term_id)


def term_facts(
    term_ids: Collection[int],
    *,
    on: date,
    strategy: Strategy,
    priced: Collection[int] | None = None,
    asked: Collection[str] | None = None,
) -> Mapping[int, TermFacts]:
    """The terms by id, with the prices at which their links renew them on a day.

    Args:
        priced: the terms whose texts speak of prices; all of them when not given.
        asked: the slots that some text names; everything is read when not given.
    """

    def is_asked(names: frozenset[str]) -> bool:
        return asked is None or not names.isdisjoint(asked)

    more = [_METHOD] * is_asked(_PAID) + [_READER] * (asked is None)
    own_words = [_OWN_WORDS] * is_asked(_ATTRIBUTES)
    terms = read_with(_asked(term_ids, more), *_RELATED, *own_words)
    versions, price_list = {one.plan_version_id for one in terms}, PriceList.read()
    sold = {one: _sold(price_list.versions[one]) for one in versions}
    expected = term_ids if priced is None else priced
    till = Till(terms, expected=expected, on=on, strategy=strategy, price_list=price_list)
    hanging = hanging_on(terms)
    tariffs = _tariffs(price_list, on) if is_asked(_TARIFFS) else {}
    found = {}
    for one in terms:
        agreed, plan = hanging.agreed.get(one.subscription_id), sold[one.plan_version_id]
        account, contract, more = one.account, one.subscription, one.__dict__
        found[one.pk] = TermFacts(
            term_id=one.pk,
            account_id=one.account_id,
            account_name=account.name,
            plan_code=plan.code,
            plan_name=plan.name,
            number=one.number,
            cycle_months=one.cycle_months,
            ends_on=one.ends_on,
            started_on=contract.started_on,
            owner_name=contract.owner_name,
            till=till,
            gives=hanging.gives[one.plan_version_id],
            paid_by=agreed.method if agreed else more.get(_METHOD) or "",
            account_kind=account.kind,
            attributes=account.attributes if is_asked(_ATTRIBUTES) else {},
            reader_name=more.get(_READER) or "",
            agreed=agreed.price if agreed else None,
            lapse=plan.lapse,
            due=hanging.dues.get(one.pk),
            tariffs=tariffs.get(one.currency, ()),
        )
    return found


@dataclass(frozen=True, slots=True)
class _Sold:
    """What a version of a plan says of itself in texts."""

    code: str
    name: Sentence
    lapse: tuple[Step, ...]


def _asked(term_ids: Collection[int], more: Collection[str]) -> QuerySet[Term]:
    """The terms, with what else of their accounts is asked for."""
    terms = Term.objects.filter(among("pk", term_ids)).only(*_COLUMNS)
    if _METHOD in more:
        paid = Payment.objects.filter(
            account=OuterRef("account"), state=Payment.State.SUCCEEDED
        ).exclude(method="")
        last = paid.order_by("-paid_on", "-pk").values("method")[:1]
        terms = terms.annotate(**{_METHOD: Subquery(last)})
    if _READER in more:
        persons = Person.objects.filter(account=OuterRef("account"), is_primary=True)
        terms = terms.annotate(**{_READER: Subquery(persons.order_by("pk").values("name")[:1])})
    return terms


def _sold(version: PlanVersion) -> _Sold:
    """What a version says of itself: some dozens, for all customers."""
    plan = version.plan
    return _Sold(plan.code, Sentence(plan.name_zh, plan.name_en), steps_of(version.lapse_policy))


def _tariffs(
    price_list: PriceList, on: date
) -> Mapping[str, tuple[tuple[Sentence, int, Money], ...]]:
    """Currency → what is sold to everybody, the cheapest for a month first (R-A-060)."""
    newest = [price_list.newest(one, on=on) for one in price_list.of_plan]
    names = {
        one.pk: Sentence(one.plan.name_zh, one.plan.name_en) for one in newest if one is not None
    }
    by_currency: defaultdict[str, list[tuple[Fraction, Sentence, int, Money]]] = defaultdict(list)
    for (version, months, currency), minor in price_list.prices.items():
        if version in names:
            per_month, price = Fraction(minor, months), Money(minor, currency)
            by_currency[currency].append((per_month, names[version], months, price))
    found = {}
    for currency, rows in by_currency.items():
        best = sorted(rows, key=lambda row: (row[0], row[2]))[:MOST_TARIFFS]
        found[currency] = tuple((name, months, price) for _, name, months, price in best)
    return found
