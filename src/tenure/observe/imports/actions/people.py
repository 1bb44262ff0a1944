"""People with what they prefer, how they are reached, and what they allowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from tenure.observe.imports.actions.writer import differences
from tenure.observe.imports.known import Known, PersonKey
from tenure.observe.imports.lines import FieldRefused, Record
from tenure.observe.imports.rules.faults import UnknownWord, nearest_of, shown
from tenure.records.customers.models import Account, ContactPoint, Person
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows, update_rows

LANGUAGES: Final = ("zh-Hans", "en")
ADDRESSES: Final = ("email", "phone", "sms")
_FIELDS: Final = {
    "name": "name",
    "language": "language",
    "zone": "zone",
    "is_primary": "is_primary",
    "is_minor": "is_minor",
    "born_year": "born_year",
    "channels": "preferred_channels",
    "hours_from": "preferred_from",
    "hours_until": "preferred_until",
    "personalised": "personalised",
}
_COLUMNS: Final = tuple(_FIELDS.values())
_NEW: Final = ("account_id", "external_id", *_COLUMNS)


def keys_of(people: Iterable[str]) -> list[PersonKey]:
    """Account and person of each key of a person's row."""
    return [tuple(one.split("\x1f", 1)) for one in people]  # type: ignore[misc]


class PersonWriter:
    """Writes people; an address that a source replaces is used no more."""

    def __init__(self, known: Known) -> None:
        self.known, self.errand = known, known.errand
        self._primary: dict[str, str] = {}  # account → the person who is primary

    def look_up(self, records: Sequence[Record]) -> None:
        self.known.look_up(records)
        names = {one.values["account"] for one in records}
        rows = Person.objects.filter(
            account__source=self.errand.account_source,
            account__external_id__in=names,
            is_primary=True,
        ).values_list("account__external_id", "external_id")
        self._primary = dict(rows)

    def settle(self, record: Record) -> None:
        values = record.values
        account = self.known.account(record)
        person = values.get("id") or account.external_id
        told = {
            column: values[name] for name, column in _FIELDS.items() if values.get(name) is not None
        }
        if "language" in told:
            told["language"] = _language(told["language"])
        told.setdefault("name", person)
        told.setdefault("is_primary", self._is_primary(account.external_id, person))
        addresses = {name: values[name] for name in ADDRESSES if values.get(name) is not None}
        told_channels = [name for name in ADDRESSES if name in record.making.specs]
        record.key = f"{account.external_id}\x1f{person}"
        self.known.coming_people |= {(account.external_id, person), (account.external_id, "")}
        record.ready = {"person": told, "addresses": addresses, "channels": told_channels}

    def _is_primary(self, account: str, person: str) -> bool:
        return self._primary.setdefault(account, person) == person

    def write(self, records: Sequence[Record]) -> None:
        people = people_by_key(keys_of(one.key for one in records), self.errand.account_source)
        fresh = [one for one in records if _key(one) not in people]
        accounts = _accounts(fresh, self.errand.account_source)
        rows = [self._row(one, accounts) for one in fresh]
        insert_rows(Person, rows, columns=_NEW)
        self._change([one for one in records if _key(one) in people], people)
        if fresh:
            people = people_by_key(keys_of(one.key for one in records), self.errand.account_source)
        self._reach(records, people)

    def _row(self, record: Record, accounts: dict[str, int]) -> tuple[Any, ...]:
        account, person = _key(record)
        usual = {
            "language": self.errand.language,
            "zone": "",
            "is_minor": False,
            "born_year": None,
            "preferred_channels": [],
            "preferred_from": None,
            "preferred_until": None,
            "personalised": True,
        }
        values = {**usual, **record.ready["person"]}
        return (accounts[account], person, *(values[name] for name in _COLUMNS))

    def _change(self, records: Sequence[Record], people: dict[PersonKey, dict[str, Any]]) -> None:
        rows, facts = [], []
        for record in records:
            before, told = people[_key(record)], record.ready["person"]
            changes = differences(before, told)
            if changes:
                after = {**before, **told}
                rows.append((*(after[name] for name in _COLUMNS), before["pk"]))
                facts.append(self._fact(before, changes=changes))
        update_rows(Person, rows, columns=_COLUMNS)
        append_many(facts, at=self.errand.at, by=self.errand.by)

    def _fact(self, person: dict[str, Any], *, changes: dict[str, Any]) -> Fact:
        return Fact(
            "person.changed",
            on=self.errand.on,
            account_id=person["account_id"],
            content={"person": person["pk"], "changes": changes},
        )

    def _reach(self, records: Sequence[Record], people: dict[PersonKey, dict[str, Any]]) -> None:
        """Add the addresses, and drop those that stood in their place."""
        told: dict[tuple[int, str], str | None] = {}
        for record in records:
            pk = people[_key(record)]["pk"]
            for channel in record.ready["channels"]:
                told[pk, channel] = record.ready["addresses"].get(channel)
        owner = {one["pk"]: one for one in people.values()}
        rows = ContactPoint.objects.filter(person_id__in=owner, channel__in=ADDRESSES)
        dropped, facts = [], []
        for pk, person, channel, address in rows.values_list(
            "pk", "person_id", "channel", "address"
        ):
            if (person, channel) in told and told[person, channel] != address:
                dropped.append(pk)
                change = {channel: [address, told[person, channel]]}
                facts.append(self._fact(owner[person], changes=change))
        ContactPoint.objects.filter(pk__in=dropped).delete()
        added = [(pk, channel, address) for (pk, channel), address in told.items() if address]
        insert_rows(ContactPoint, added, columns=("person_id", "channel", "address"))
        append_many(facts, at=self.errand.at, by=self.errand.by)


def people_by_key(keys: Iterable[PersonKey], source: str) -> dict[PersonKey, dict[str, Any]]:
    """People of some accounts, by the external ids of account and person."""
    wanted = set(keys)
    rows = Person.objects.filter(
        account__source=source, account__external_id__in={account for account, _ in wanted}
    ).values("pk", "account_id", "account__external_id", "external_id", *_COLUMNS)
    found = {(one["account__external_id"], one["external_id"]): one for one in rows}
    return {key: found[key] for key in wanted if key in found}


def _key(record: Record) -> PersonKey:
    return keys_of([record.key])[0]


def _accounts(records: Sequence[Record], source: str) -> dict[str, int]:
    names = {_key(one)[0] for one in records}
    rows = Account.objects.filter(source=source, external_id__in=names)
    return dict(rows.values_list("external_id", "pk"))


def _language(text: str) -> str:
    """Chinese or English, in which everything is written."""
    if text.lower().startswith("zh"):
        return "zh-Hans"
    if text.lower().startswith("en"):
        return "en"
    refusal = UnknownWord(
        text=shown(text), nearest=nearest_of(text, LANGUAGES), known=list(LANGUAGES)
    )
    raise FieldRefused("language", refusal)
