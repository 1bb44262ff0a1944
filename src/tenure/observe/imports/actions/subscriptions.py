"""Subscriptions: agreements expanded into chains of terms, or brought to what is told now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.imports.actions.chains import (
    Chain,
    NewPrice,
    Sold,
    reprice,
    stored_terms,
    write_chains,
)
from tenure.observe.imports.actions.writer import differences
from tenure.observe.imports.known import (
    Known,
    KnownAccount,
    KnownSubscription,
    check_currency,
    money_of,
)
from tenure.observe.imports.lines import FieldRefused, Record
from tenure.observe.imports.rules.chains import Agreement, Link, expand
from tenure.observe.imports.rules.faults import BadNumber, OtherAccount, shown
from tenure.observe.imports.rules.reconciling import difference
from tenure.records.catalog.rules import NoPrice
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows, update_rows
from tenure.records.subscriptions.models import Subscription
from tenure.records.subscriptions.rules import SUBSCRIPTION

LONGEST_MONTHS: Final = 120
_OPEN: Final = ("auto_renew", "quantity", "owner_name", "attributes", "plan_version_id")
_NEW: Final = (
    "account_id", "source", "external_id", "plan_version_id", "cycle_months", "anchor_on",
    "auto_renew", "quantity", "state", "started_on", "owner_name", "attributes", "recorded_at",
)  # fmt: skip
_A_CYCLE: Final = Sentence(
    zh=f"1 到 {LONGEST_MONTHS} 个月的付费周期",
    en=f"a billing cycle of 1 to {LONGEST_MONTHS} months",
)
_A_QUANTITY: Final = Sentence(zh="1 或更大的数量", en="a quantity of 1 or more")


def cycle_of(record: Record) -> int:
    """The billing cycle of a record in months.

    Raises:
        FieldRefused: no cycle that is sold.
    """
    months: int = record.values["cycle_months"]
    if not 1 <= months <= LONGEST_MONTHS:
        raise FieldRefused("cycle_months", BadNumber(text=shown(months), wanted=_A_CYCLE))
    return months


def quantity_of(record: Record) -> int:
    """How many units; one where nothing is said.

    Raises:
        FieldRefused: fewer than one.
    """
    quantity: int | None = record.values.get("quantity")
    if quantity is not None and quantity < 1:
        raise FieldRefused("quantity", BadNumber(text=shown(quantity), wanted=_A_QUANTITY))
    return quantity or 1


def prices_of(
    record: Record, *, account: KnownAccount, version_id: int, known: Known
) -> tuple[int, int]:
    """What a term costs and its list price, in minor units.

    Raises:
        FieldRefused: no price is told and the plan is not sold in that cycle.
    """
    months = cycle_of(record)
    check_currency(record, account=account)
    price = money_of(record, "price", account=account, times=months)
    listed = money_of(record, "list_price", account=account, times=months)
    if price is None and listed is None:
        try:
            unit = known.catalogue.price((version_id, months, account.currency))
        except NoPrice as refusal:
            raise FieldRefused("price", refusal) from None
        listed = unit * quantity_of(record)
    price = listed if price is None else price
    assert price is not None, "one of the two is known by now"
    return price, price if listed is None else listed


class SubscriptionWriter:
    """Writes subscriptions with every term that follows from what is told."""

    def __init__(self, known: Known) -> None:
        self.known, self.errand = known, known.errand

    def look_up(self, records: Sequence[Record]) -> None:
        self.known.look_up(records)
        keys = [one.values["id"] for one in records]
        known = (self.known.subscriptions.get(key) for key in keys)
        self._stored = stored_terms([one.pk for one in known if one is not None])

    def settle(self, record: Record) -> None:
        values, account = record.values, self.known.account(record)
        key, existing = values["id"], self.known.subscriptions.get(values["id"])
        if existing is not None and existing.account.external_id != account.external_id:
            refusal = OtherAccount(
                subscription=key,
                owner=existing.account.external_id,
                account=account.external_id,
            )
            raise FieldRefused("account", refusal)
        links = self._links(record)
        versions = [self.known.plan_version(record, on=link.starts_on) for link in links]
        price, listed = prices_of(
            record, account=account, version_id=versions[-1], known=self.known
        )
        if existing is not None:
            self._check_history(links, existing)
        record.key = key
        record.ready = {
            "account": account.external_id,
            "cycle_months": values["cycle_months"],
            "starts_on": values["starts_on"],
            "price_minor": price,
            "list_price_minor": listed,
            "currency": account.currency,
            "versions": versions,
            "links": links,
            "open": self._open(record, versions[-1]),
        }
        if existing is None:
            coming = KnownSubscription(0, key, account)
            self.known.coming_subscriptions[key] = coming

    def _links(self, record: Record) -> list[Link]:
        values = record.values
        cycle_of(record)
        told = Agreement(
            starts_on=values["starts_on"],
            cycle_months=values["cycle_months"],
            ended_on=values.get("ended_on"),
            paid_until=values.get("paid_until"),
            end_kind=values.get("end_kind") or "",
            cancel_asked_on=values.get("cancel_asked_on"),
        )
        try:
            return expand(told, today=self.errand.today)
        except Refusal as refusal:
            name = "paid_until" if told.paid_until else "ended_on"
            raise FieldRefused(name, refusal) from None

    def _check_history(self, links: Sequence[Link], existing: KnownSubscription) -> None:
        try:
            difference(links, self._stored.get(existing.pk, []))
        except Refusal as refusal:
            raise FieldRefused("starts_on", refusal) from None

    def _open(self, record: Record, version_id: int) -> dict[str, Any]:
        """What may be said anew at any time; what the file does not speak of is left out."""
        values = record.values
        told: dict[str, Any] = {"plan_version_id": version_id, "quantity": quantity_of(record)}
        if values.get("auto_renew") is not None:
            told["auto_renew"] = values["auto_renew"]
        if values.get("owner") is not None:
            told["owner_name"] = values["owner"]
        if record.rest:
            told["attributes"] = {n: v for n, v in record.rest.items() if v is not None}
        return told

    def write(self, records: Sequence[Record]) -> None:
        rows = Subscription.objects.filter(
            source=self.errand.account_source, external_id__in=[one.key for one in records]
        )
        existing = {one["external_id"]: one for one in rows.values("pk", "external_id", *_OPEN)}
        fresh = [one for one in records if one.key not in existing]
        insert_rows(Subscription, [self._row(one) for one in fresh], columns=_NEW)
        self._change([one for one in records if one.key in existing], existing)
        ids = dict(rows.values_list("external_id", "pk"))
        stored = stored_terms([one["pk"] for one in existing.values()])
        chains = [self._chain(one, ids, stored) for one in records]
        write_chains(chains, errand=self.errand)
        prices = [self._new_price(one, ids[one.key]) for one in records if one.key in existing]
        reprice(prices, errand=self.errand)
        self.known.look_up(records)

    def _row(self, record: Record) -> tuple[Any, ...]:
        told, errand = record.ready, self.errand
        account = self.known.account(record)
        usual = {"auto_renew": False, "owner_name": "", "attributes": {}}
        values = {**usual, **told["open"]}
        return (
            self._pk_of(account),
            errand.account_source,
            record.key,
            values["plan_version_id"],
            told["cycle_months"],
            told["starts_on"],
            values["auto_renew"],
            values["quantity"],
            SUBSCRIPTION.start,
            told["starts_on"],
            values["owner_name"],
            values["attributes"],
            errand.known_from(told["starts_on"]),
        )

    def _pk_of(self, account: KnownAccount) -> int:
        assert account.pk, "accounts are written before what belongs to them"
        return account.pk

    def _chain(self, record: Record, ids: dict[str, int], stored: dict[int, Any]) -> Chain:
        told, pk = record.ready, ids[record.key]
        sold = {
            link.starts_on: Sold(
                version,
                told["cycle_months"],
                told["price_minor"],
                told["list_price_minor"],
                told["currency"],
            )
            for link, version in zip(told["links"], told["versions"], strict=True)
        }
        return Chain(
            account_id=self._pk_of(self.known.account(record)),
            subscription_id=pk,
            sold=sold,
            difference=difference(told["links"], stored.get(pk, [])),
        )

    def _change(self, records: Sequence[Record], existing: dict[str, dict[str, Any]]) -> None:
        rows, facts = [], []
        for record in records:
            before, told = existing[record.key], dict(record.ready["open"])
            if "attributes" in told:
                told["attributes"] = {**before["attributes"], **told["attributes"]}
            if changes := differences(before, told):
                after = {**before, **told}
                rows.append((*(after[name] for name in _OPEN), before["pk"]))
                facts.append(self._fact(record, before["pk"], changes))
        update_rows(Subscription, rows, columns=_OPEN)
        append_many(facts, at=self.errand.at, by=self.errand.by)

    def _new_price(self, record: Record, pk: int) -> NewPrice:
        account_id = self._pk_of(self.known.account(record))
        told = record.ready
        return NewPrice(account_id, pk, told["price_minor"], told["list_price_minor"])

    def _fact(self, record: Record, pk: int, changes: dict[str, Any]) -> Fact:
        return Fact(
            "subscription.changed",
            on=self.errand.on,
            account_id=self.known.account(record).pk,
            content={"subscription": pk, "changes": changes},
        )
