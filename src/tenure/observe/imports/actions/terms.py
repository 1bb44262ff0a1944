"""Terms told one by one, joined into the chains of their subscriptions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tenure.kernel.failures import Refusal
from tenure.observe.imports.actions.chains import (
    Chain,
    NewPrice,
    Sold,
    reprice,
    stored_terms,
    write_chains,
)
from tenure.observe.imports.actions.subscriptions import cycle_of, prices_of, quantity_of
from tenure.observe.imports.known import Known, KnownAccount
from tenure.observe.imports.lines import FieldRefused, Record
from tenure.observe.imports.rules.chains import ToldTerm, check_apart, check_period, join
from tenure.observe.imports.rules.faults import OtherAccount, shown
from tenure.observe.imports.rules.reconciling import HistoryChanged, StoredTerm, difference
from tenure.records.rows import insert_rows
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.rules import SUBSCRIPTION, term_from
from tenure.records.subscriptions.states import TermState

_NEW: Final = (
    "account_id", "source", "external_id", "plan_version_id", "cycle_months", "anchor_on",
    "auto_renew", "quantity", "state", "started_on", "owner_name", "recorded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Told:
    """The records of one subscription, the first term first."""

    subscription: str
    account: KnownAccount
    records: Sequence[Record]

    @property
    def terms(self) -> list[ToldTerm]:
        return [one.ready["term"] for one in self.records]


class TermWriter:
    """Writes terms. The lines of a subscription arrive together, in order of their start."""

    def __init__(self, known: Known) -> None:
        self.known, self.errand = known, known.errand
        self._stored: dict[str, list[ToldTerm]] = {}
        self._before: dict[str, ToldTerm] = {}

    def look_up(self, records: Sequence[Record]) -> None:
        self.known.look_up(records)
        self._before.clear()
        self._stored = _told_before(records, self.known)

    def settle(self, record: Record) -> None:
        values, account = record.values, self.known.account(record)
        name, cycle = values["subscription"], cycle_of(record)
        existing = self.known.subscriptions.get(name)
        if existing is not None and existing.account.external_id != account.external_id:
            refusal = OtherAccount(
                subscription=shown(name),
                owner=existing.account.external_id,
                account=account.external_id,
            )
            raise FieldRefused("account", refusal)
        term = ToldTerm(values["starts_on"], values["ends_on"], values.get("cancelled_on"))
        self._check_days(name, term)
        version_id = self.known.plan_version(record, on=term.starts_on)
        price, listed = prices_of(record, account=account, version_id=version_id, known=self.known)
        record.key = f"{name}\x1f{values.get('id') or term.starts_on}"
        record.ready = {
            "account": account.external_id,
            "term": term,
            "sold": Sold(version_id, cycle, price, listed, account.currency),
            "quantity": quantity_of(record),
            "auto_renew": bool(values.get("auto_renew")),
            "owner_name": values.get("owner") or "",
        }
        self._before[name] = term

    def _check_days(self, name: str, term: ToldTerm) -> None:
        try:
            check_period(term.starts_on, term.ends_on)
            if name in self._before:
                check_apart(self._before[name], term)
            self._check_stored(self._stored.get(name, ()), term)
        except Refusal as refusal:
            raise FieldRefused("ends_on", refusal) from None

    def _check_stored(self, stored: Sequence[ToldTerm], term: ToldTerm) -> None:
        """A term is one that is there, or comes after all of them."""
        if any(one.starts_on == term.starts_on for one in stored):
            return
        for other in stored:
            check_apart(*sorted((other, term), key=_start_of))
        if stored and term.starts_on < stored[-1].starts_on:
            raise HistoryChanged(starts_on=term.starts_on)

    def write(self, records: Sequence[Record]) -> None:
        groups: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            groups[record.values["subscription"]].append(record)
        told = [_Told(name, self.known.account(one[0]), one) for name, one in groups.items()]
        fresh = [one for one in told if one.subscription not in self.known.subscriptions]
        insert_rows(Subscription, [self._row(one) for one in fresh], columns=_NEW)
        self.known.look_up(records)
        ids = {name: self.known.subscriptions[name].pk for name in groups}
        stored = stored_terms(list(ids.values()))
        chains = [self._chain(one, ids[one.subscription], stored) for one in told]
        write_chains(chains, errand=self.errand)
        reprice([_price(one, ids[one.subscription]) for one in told], errand=self.errand)

    def _row(self, told: _Told) -> tuple[Any, ...]:
        first, last = told.records[0].ready, told.records[-1].ready
        sold, starts_on = last["sold"], first["term"].starts_on
        following = term_from(
            last["term"].ends_on, anchor_on=starts_on, cycle_months=sold.cycle_months
        )
        return (
            told.account.pk,
            self.errand.account_source,
            told.subscription,
            sold.plan_version_id,
            sold.cycle_months,
            following.anchor_on,
            last["auto_renew"],
            last["quantity"],
            SUBSCRIPTION.start,
            starts_on,
            last["owner_name"],
            self.errand.known_from(starts_on),
        )

    def _chain(self, told: _Told, pk: int, stored: dict[int, list[StoredTerm]]) -> Chain:
        """The told terms among those that are there already."""
        told_starts = {one.starts_on for one in told.terms}
        there = [
            one for one in self._stored.get(told.subscription, ()) if
            one.starts_on not in told_starts
        ]  # fmt: skip
        links = join(sorted([*there, *told.terms], key=_start_of), today=self.errand.today)
        return Chain(
            account_id=told.account.pk,
            subscription_id=pk,
            sold={one.ready["term"].starts_on: one.ready["sold"] for one in told.records},
            difference=difference(links, stored.get(pk, [])),
        )


def _start_of(term: ToldTerm) -> date:
    return term.starts_on


def _price(told: _Told, pk: int) -> NewPrice:
    sold = told.records[-1].ready["sold"]
    return NewPrice(told.account.pk, pk, sold.price_minor, sold.list_price_minor)


def _told_before(records: Sequence[Record], known: Known) -> dict[str, list[ToldTerm]]:
    """Subscription → its stored terms, a cancelled one with its last day."""
    names = {
        one.pk: name
        for name in {record.values["subscription"] for record in records}
        if (one := known.subscriptions.get(name)) is not None
    }
    found: dict[str, list[ToldTerm]] = defaultdict(list)
    rows = Term.objects.filter(subscription_id__in=names, reversed_on=None).order_by("number")
    columns = ("subscription_id", "starts_on", "ends_on", "closed_on", "state")
    for pk, starts_on, ends_on, closed_on, state in rows.values_list(*columns):
        cancelled_on = closed_on if state == TermState.CANCELLED else None
        found[names[pk]].append(ToldTerm(starts_on, ends_on, cancelled_on))
    return found
