"""What the lines of a chunk name, read from the records a chunk at a time and never row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tenure.kernel.failures import Refusal
from tenure.observe.imports.errand import Errand
from tenure.observe.imports.lines import FieldRefused, Record
from tenure.observe.imports.rules.faults import (
    NobodyNamed,
    OtherAccount,
    TwoCurrencies,
    UnknownAccount,
    UnknownPerson,
    UnknownPlanCode,
    UnknownSubscription,
    nearest_of,
    shown,
)
from tenure.observe.imports.rules.numbers import Amount, minor_units
from tenure.records.catalog.price_list import PriceList
from tenure.records.customers.models import Account, Person
from tenure.records.subscriptions.models import Subscription

# So many accounts are remembered from chunk to chunk; then the memory starts anew.
_REMEMBERED = 100_000

type PersonKey = tuple[str, str]  # the account's external id, the person's


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account by its external id; pk 0: a line of this chunk makes it."""

    pk: int
    external_id: str
    currency: str


@dataclass(frozen=True, slots=True)
class KnownSubscription:
    """A subscription by its external id; pk 0: a line of this chunk makes it."""

    pk: int
    external_id: str
    account: KnownAccount


@dataclass
class Known:
    """The accounts, subscriptions and plans that lines may name."""

    errand: Errand
    accounts: dict[str, KnownAccount] = field(default_factory=dict)
    subscriptions: dict[str, KnownSubscription] = field(default_factory=dict)
    coming_accounts: dict[str, KnownAccount] = field(default_factory=dict)
    coming_subscriptions: dict[str, KnownSubscription] = field(default_factory=dict)
    people: set[PersonKey] = field(default_factory=set)
    coming_people: set[PersonKey] = field(default_factory=set)
    _catalogue: PriceList | None = None
    _plans: dict[str, list[tuple[date, int]]] = field(default_factory=dict)

    def look_up(self, records: Iterable[Record]) -> None:
        """Read whatever these records name and is not known yet."""
        accounts: set[str | None] = set()
        subscriptions: set[str | None] = set()
        for record in records:
            name = record.making.kind.name
            values = record.values
            accounts.add(values.get("id" if name == "account" else "account"))
            subscriptions.add(values.get("id" if name == "subscription" else "subscription"))
        self._remember_accounts({one for one in accounts if one is not None})
        self._remember_subscriptions({one for one in subscriptions if one is not None})

    def forget_coming(self) -> None:
        """Start the check of a chunk anew."""
        self.coming_accounts.clear()
        self.coming_subscriptions.clear()
        self.coming_people.clear()

    def forget_plans(self) -> None:
        """Plans were written: read the catalogue again when it is needed."""
        self._catalogue = None

    def _remember_accounts(self, names: set[str]) -> None:
        if len(self.accounts) > _REMEMBERED:
            self.accounts.clear()
        rows = Account.objects.filter(
            source=self.errand.account_source, external_id__in=names - self.accounts.keys()
        )
        for pk, name, currency in rows.values_list("pk", "external_id", "currency"):
            self.accounts[name] = KnownAccount(pk, name, currency)

    def _remember_subscriptions(self, names: set[str]) -> None:
        if len(self.subscriptions) > _REMEMBERED:
            self.subscriptions.clear()
        rows = Subscription.objects.filter(
            source=self.errand.account_source,
            external_id__in=names - self.subscriptions.keys(),
        ).values_list(
            "pk", "external_id", "account_id", "account__external_id", "account__currency"
        )
        for pk, name, account_id, owner, currency in rows:
            account = KnownAccount(account_id, owner, currency)
            self.subscriptions[name] = KnownSubscription(pk, name, account)

    def look_up_people(self, records: Iterable[Record]) -> None:
        """Read who is known at the accounts of these records; "" is whoever is primary."""
        rows = Person.objects.filter(
            account__source=self.errand.account_source,
            account__external_id__in={one.values["account"] for one in records},
        )
        self.people = set(rows.values_list("account__external_id", "external_id"))
        self.people |= {(account, "") for account, _ in self.people}

    def check_person(self, record: Record) -> None:
        """Refuse a record about somebody whom nobody knows at that account."""
        account, name = record.values["account"], record.values.get("person") or ""
        if (account, name) not in self.people and (account, name) not in self.coming_people:
            raise FieldRefused("person", UnknownPerson(text=shown(name), account=shown(account)))

    def account(self, record: Record, name: str = "account") -> KnownAccount:
        """The account that a record names.

        Raises:
            FieldRefused: nobody knows it.
        """
        key = record.values[name]
        found = self.accounts.get(key) or self.coming_accounts.get(key)
        if found is None:
            raise FieldRefused(name, UnknownAccount(text=shown(key)))
        return found

    def subscription(self, record: Record) -> KnownSubscription | None:
        """The subscription that a record names, None where it names none.

        Raises:
            FieldRefused: nobody knows it, or it belongs to another account.
        """
        key = record.values.get("subscription")
        if key is None:
            return None
        found = self.subscriptions.get(key) or self.coming_subscriptions.get(key)
        if found is None:
            raise FieldRefused("subscription", UnknownSubscription(text=shown(key)))
        account = record.values.get("account")
        if account is not None and account != found.account.external_id:
            refusal = OtherAccount(
                subscription=shown(key), owner=found.account.external_id, account=shown(account)
            )
            raise FieldRefused("account", refusal)
        return found

    def owner(self, record: Record) -> tuple[KnownAccount, KnownSubscription | None]:
        """Whose a record is: by its subscription, else by its account.

        Raises:
            FieldRefused: it names nobody, or nobody that is known.
        """
        subscription = self.subscription(record)
        if subscription is not None:
            return subscription.account, subscription
        if record.values.get("account") is None:
            raise FieldRefused("account", NobodyNamed())
        return self.account(record), None

    @property
    def catalogue(self) -> PriceList:
        """Every version and price of the catalogue."""
        if self._catalogue is None:
            self._catalogue = PriceList.read()
            self._plans = {}
            for one in self._catalogue.versions.values():
                place = self._plans.setdefault(one.plan.code, [])
                place.append((one.effective_on, one.pk))
        return self._catalogue

    def plan_version(self, record: Record, *, on: date) -> int:
        """The version of the record's plan that was sold on a day; before its first, the first.

        Raises:
            FieldRefused: the catalogue has no such plan.
        """
        catalogue, code = self.catalogue, record.values["plan"]
        versions = self._plans.get(code)
        if versions is None:
            near = nearest_of(code, self._plans)
            raise FieldRefused("plan", UnknownPlanCode(text=shown(code), nearest=near))
        begun = [pk for effective_on, pk in versions if effective_on <= on]
        found = begun[-1] if begun else versions[0][1]
        return catalogue.versions[found].pk


def money_of(record: Record, name: str, *, account: KnownAccount, times: int = 1) -> int | None:
    """An amount of a record in minor units of its account's currency, None where it has none.

    Raises:
        FieldRefused: another currency, or more decimals than it has.
    """
    amount: Amount | None = record.values.get(name)
    if amount is None:
        return None
    told = amount.currencies
    if told is not None and account.currency not in told:
        raise FieldRefused(name, _two(account, currency="/".join(sorted(told))))
    spec = record.making.specs[name]
    try:
        return minor_units(
            amount.value * (times if spec.is_per_month else 1), currency=account.currency
        )
    except Refusal as refusal:
        raise FieldRefused(name, refusal) from None


def check_currency(record: Record, *, account: KnownAccount) -> None:
    """Refuse a line that names another currency than its account pays in."""
    told = record.values.get("currency")
    if told is not None and told != account.currency:
        raise FieldRefused("currency", _two(account, currency=told))


def _two(account: KnownAccount, *, currency: str) -> TwoCurrencies:
    return TwoCurrencies(
        account=shown(account.external_id), known=account.currency, currency=currency
    )
