"""Further addresses of people, and what they allowed, with its evidence. Never overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from tenure.observe.imports.known import Known, PersonKey
from tenure.observe.imports.lines import Record
from tenure.records.customers.models import Consent, ContactPoint, Person
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows, update_rows

_CONSENT: Final = (
    "person_id", "purpose", "channel", "basis", "text_version", "given_at", "withdrawn_at",
    "evidence", "double_opt_in_at", "soft_opt_in_product", "soft_opt_in_at", "opt_out_offered",
)  # fmt: skip
_PROOF: Final = ("double_opt_in_at", "soft_opt_in_product", "soft_opt_in_at", "opt_out_offered")
type Who = tuple[int, int]  # person, account


class _AboutPeople:
    """Rows that name an account and perhaps a person of it; without one they mean the primary."""

    def __init__(self, known: Known) -> None:
        self.known, self.errand = known, known.errand

    def look_up(self, records: Sequence[Record]) -> None:
        self.known.look_up(records)
        self.known.look_up_people(records)

    def key_of(self, record: Record, *parts: str) -> str:
        """The key of a row: whose it is, and its own parts."""
        account = self.known.account(record)
        self.known.check_person(record)
        return "\x1f".join((account.external_id, record.values.get("person") or "", *parts))

    def whose(self, records: Iterable[Record]) -> dict[Record, Who]:
        """The person that each record means."""
        listed = list(records)
        rows = Person.objects.filter(
            account__source=self.errand.account_source,
            account__external_id__in={one.values["account"] for one in listed},
        ).order_by("-is_primary", "pk")
        named: dict[PersonKey, Who] = {}
        for pk, account_id, account, name in rows.values_list(
            "pk", "account_id", "account__external_id", "external_id"
        ):
            named.setdefault((account, ""), (pk, account_id))
            named[account, name] = (pk, account_id)
        return {one: named[one.values["account"], one.values.get("person") or ""] for one in listed}


class ContactPointWriter(_AboutPeople):
    """Writes addresses, a row each."""

    def settle(self, record: Record) -> None:
        channel, address = record.values["channel"], record.values["address"]
        record.key = self.key_of(record, channel, address)
        record.ready = {"channel": channel, "address": address}

    def write(self, records: Sequence[Record]) -> None:
        rows = [
            (person, one.ready["channel"], one.ready["address"])
            for one, (person, _) in self.whose(records).items()
        ]
        insert_rows(ContactPoint, rows, columns=("person_id", "channel", "address"))


class ConsentWriter(_AboutPeople):
    """Writes consents. Taking one back dates it; giving one again adds another.

    A proof that a later file knows is added to the consent that stands without one.
    """

    def settle(self, record: Record) -> None:
        values = record.values
        record.key = self.key_of(record, values["purpose"], values["channel"])
        record.ready = {
            "purpose": values["purpose"],
            "channel": values["channel"],
            "basis": values.get("basis") or "consent",
            "text_version": values.get("text_version") or "1",
            "evidence": values.get("evidence") or self.errand.by,
            "given_at": values["given_at"],
            "withdrawn_at": values.get("withdrawn_at"),
            "double_opt_in_at": values.get("double_opt_in_at"),
            "soft_opt_in_product": values.get("soft_opt_in_product") or "",
            "soft_opt_in_at": values.get("soft_opt_in_at"),
            "opt_out_offered": bool(values.get("opt_out_offered")),
            "is_given": values.get("given") is not False,
        }

    def write(self, records: Sequence[Record]) -> None:
        whose = self.whose(records)
        live = {
            (one.person_id, one.purpose, one.channel): one
            for one in Consent.objects.filter(
                person_id__in={person for person, _ in whose.values()}, withdrawn_at__isnull=True
            )
        }
        added, ended, proved, facts = [], [], [], []
        for record, (person, account) in whose.items():
            told = record.ready
            held = live.get((person, told["purpose"], told["channel"]))
            ends_at = told["withdrawn_at"] or (None if told["is_given"] else self.errand.at)
            if held is None and (told["is_given"] or told["withdrawn_at"]):
                added.append((person, *(told[name] for name in _CONSENT[1:])))
            elif held is not None and ends_at is not None:
                ended.append((ends_at, held.pk))
                facts.append(self._fact("consent.withdrawn", account, pk=held.pk, told=told))
            elif held is not None and _proves(told, held):
                proved.append((*(told[name] for name in _PROOF), held.pk))
                facts.append(self._fact("consent.proved", account, pk=held.pk, told=told))
        insert_rows(Consent, added, columns=_CONSENT)
        update_rows(Consent, ended, columns=("withdrawn_at",))
        update_rows(Consent, proved, columns=_PROOF)
        append_many(facts, at=self.errand.at, by=self.errand.by)

    def _fact(self, kind: str, account: int, *, pk: int, told: dict[str, Any]) -> Fact:
        content = {"consent": pk, "purpose": told["purpose"], "channel": told["channel"]}
        return Fact(kind, on=self.errand.on, account_id=account, content=content)


def _proves(told: Mapping[str, Any], held: Consent) -> bool:
    """Whether a file proves a consent that stands unproved: of that one, and of none before it."""
    if held.double_opt_in_at is not None or held.soft_opt_in_at is not None:
        return False
    is_soft = told["soft_opt_in_product"] and told["opt_out_offered"]
    at = told["double_opt_in_at"] or (told["soft_opt_in_at"] if is_soft else None)
    return at is not None and at >= held.given_at
