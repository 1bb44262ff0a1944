"""What a text may say about a term: its plan, its end, what renewing costs."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Final

from django.db.models import OuterRef, Subquery

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
from tenure.strategy.sections import Strategy

MOST_TARIFFS = 5
_COLUMNS = (
    "pk", "account_id", "subscription_id", "number", "cycle_months", "ends_on",
    "currency", "plan_version_id", "subscription__started_on", "subscription__owner_name",
    "account__name", "account__kind",
)  # fmt: skip
# What some texts name is read where one of a batch names it.
_PAID: Final = frozenset({"payment_method"})
_TARIFFS: Final = frozenset({"tariffs"})
_ATTRIBUTES: Final = frozenset({"previews", "news", "cases"})
# How the account paid last, and what else is known about it.
_METHOD: Final = "paid_method"
_OWN_WORDS: Final = "account__attributes"
_READER: Final = "reader_name"


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

    more = [_METHOD] * is_asked(_PAID) + [_OWN_WORDS] * is_asked(_ATTRIBUTES)
    more += [_READER] * (asked is None)
    rows = _read(term_ids, more)
    versions, price_list = {row["plan_version_id"] for row in rows}, PriceList.read()
    sold = {one: _sold(price_list.versions[one]) for one in versions}
    expected = term_ids if priced is None else priced
    till = Till(expected, on=on, strategy=strategy, price_list=price_list)
    hanging = hanging_on(rows)
    tariffs = _tariffs(price_list, on) if is_asked(_TARIFFS) else {}
    found = {}
    for row in rows:
        agreed, plan = hanging.agreed.get(row["subscription_id"]), sold[row["plan_version_id"]]
        found[row["pk"]] = TermFacts(
            term_id=row["pk"],
            account_id=row["account_id"],
            account_name=row["account__name"],
            plan_code=plan.code,
            plan_name=plan.name,
            number=row["number"],
            cycle_months=row["cycle_months"],
            ends_on=row["ends_on"],
            started_on=row["subscription__started_on"],
            owner_name=row["subscription__owner_name"],
            till=till,
            gives=hanging.gives[row["plan_version_id"]],
            paid_by=agreed.method if agreed else row.get(_METHOD) or "",
            account_kind=row["account__kind"],
            attributes=row.get(_OWN_WORDS) or {},
            reader_name=row.get(_READER) or "",
            agreed=agreed.price if agreed else None,
            lapse=plan.lapse,
            due=hanging.dues.get(row["pk"]),
            tariffs=tariffs.get(row["currency"], ()),
        )
    return found


@dataclass(frozen=True, slots=True)
class _Sold:
    """What a version of a plan says of itself in texts."""

    code: str
    name: Sentence
    lapse: tuple[Step, ...]


def _read(term_ids: Collection[int], more: Collection[str]) -> list[dict[str, Any]]:
    """The columns of the terms, with what else of their accounts is asked for."""
    terms = Term.objects.filter(among("pk", term_ids))
    if _METHOD in more:
        paid = Payment.objects.filter(
            account=OuterRef("account"), state=Payment.State.SUCCEEDED
        ).exclude(method="")
        last = paid.order_by("-paid_on", "-pk").values("method")[:1]
        terms = terms.annotate(**{_METHOD: Subquery(last)})
    if _READER in more:
        persons = Person.objects.filter(account=OuterRef("account"), is_primary=True)
        terms = terms.annotate(**{_READER: Subquery(persons.order_by("pk").values("name")[:1])})
    return list(terms.values(*_COLUMNS, *more))


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
