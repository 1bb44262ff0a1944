"""Accounts: made, or brought to what their source says now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tenure.kernel.buckets import bucket
from tenure.observe.imports.actions.writer import differences
from tenure.observe.imports.known import Known, KnownAccount
from tenure.observe.imports.lines import FieldRefused, Record
from tenure.observe.imports.rules.faults import TwoCurrencies, shown
from tenure.records.customers.models import Account
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows, update_rows

_COLUMNS: Final = (
    "name", "kind", "country", "region", "zone", "currency", "sales_channel", "started_on",
    "attributes",
)  # fmt: skip
_NEW: Final = ("source", "external_id", *_COLUMNS, "holdout_bucket", "recorded_at")


class AccountWriter:
    """Writes accounts. Whatever a file does not speak of stays as it is."""

    def __init__(self, known: Known) -> None:
        self.known, self.errand = known, known.errand

    def look_up(self, records: Sequence[Record]) -> None:
        self.known.look_up(records)

    def settle(self, record: Record) -> None:
        key = record.values["id"]
        told = {name: value for name, value in record.values.items() if value is not None}
        del told["id"]
        if "country" in told:
            told["country"] = told["country"].upper()
        if record.rest:
            told["attributes"] = {n: v for n, v in record.rest.items() if v is not None}
        currency = told.get("currency") or self.errand.currency
        existing = self.known.accounts.get(key)
        if existing is not None and existing.currency != currency and "currency" in told:
            refusal = TwoCurrencies(
                account=shown(key), known=existing.currency, currency=told["currency"]
            )
            raise FieldRefused("currency", refusal)
        record.key, record.ready = key, told
        if existing is None:
            self.known.coming_accounts[key] = KnownAccount(0, key, currency)

    def write(self, records: Sequence[Record]) -> None:
        rows = Account.objects.filter(
            source=self.errand.account_source, external_id__in=[one.key for one in records]
        )
        existing = {one["external_id"]: one for one in rows.values("pk", "external_id", *_COLUMNS)}
        fresh = [one for one in records if one.key not in existing]
        insert_rows(Account, [self._row(one) for one in fresh], columns=_NEW)
        self._change([one for one in records if one.key in existing], existing)
        self.known.look_up(records)

    def _row(self, record: Record) -> tuple[Any, ...]:
        told, errand = record.ready, self.errand
        usual = {
            "name": record.key,
            "kind": Account.Kind.HOUSEHOLD,
            "country": errand.country,
            "region": "",
            "zone": "",
            "currency": errand.currency,
            "sales_channel": "",
            "attributes": {},
        }
        values = {**usual, **told}
        return (
            errand.account_source,
            record.key,
            *(values[name] for name in _COLUMNS),
            bucket(errand.holdout_salt, record.key),
            errand.known_from(told["started_on"]),
        )

    def _change(self, records: Sequence[Record], existing: dict[str, dict[str, Any]]) -> None:
        rows, facts = [], []
        for record in records:
            before, told = existing[record.key], dict(record.ready)
            if "attributes" in told:
                told["attributes"] = {**before["attributes"], **told["attributes"]}
            changes = differences(before, told)
            if not changes:
                continue
            after = {**before, **told}
            rows.append((*(after[name] for name in _COLUMNS), before["pk"]))
            facts.append(
                Fact(
                    "account.changed",
                    on=self.errand.on,
                    account_id=before["pk"],
                    content={"changes": changes},
                )
            )
        update_rows(Account, rows, columns=_COLUMNS)
        append_many(facts, at=self.errand.at, by=self.errand.by)
