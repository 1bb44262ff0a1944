"""Draft a contract, send it, end it; in bulk, let it take effect and expire."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenure.kernel.identifiers import new_id
from tenure.records.contracts.models import Contract, ContractFile, Signatory
from tenure.records.contracts.moving import locked, move
from tenure.records.contracts.rules import ContractVerb
from tenure.records.contracts.states import OVER, ContractState
from tenure.records.journal.actions import Fact, append, append_many


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who signs, and where the code goes."""

    role: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class NewContract:
    """A contract before it is stored; `once_key` names what it is about: drafted once."""

    account_id: int
    template: str
    template_version: int
    kind: str
    strategy_hash: str
    prevailing: str
    name: Mapping[str, str]
    text: Mapping[str, str]
    consent: Mapping[str, str]
    variables: Mapping[str, Any]
    parties: Sequence[Party]
    signer: str
    once_key: str
    term_id: int | None = None
    annex_of_id: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    public_id: str = field(default="")


@transaction.atomic
def draft(new: NewContract, *, presented: bytes, at: datetime, by: str) -> Contract:
    """Freeze a contract with the file that its signatories will see; again, the one there is."""
    known = Contract.objects.filter(once_key=new.once_key).first()
    if known is not None:
        return known
    contract = Contract.objects.create(
        public_id=new.public_id or new_id("con", at),
        account_id=new.account_id,
        term_id=new.term_id,
        annex_of_id=new.annex_of_id,
        kind=new.kind,
        template=new.template,
        template_version=new.template_version,
        strategy_hash=new.strategy_hash,
        prevailing=new.prevailing,
        name=dict(new.name),
        text=dict(new.text),
        consent=dict(new.consent),
        variables=dict(new.variables),
        signer=new.signer,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        presented_sha256=sha256_of(presented),
        once_key=new.once_key,
        drafted_at=at,
    )
    for place, party in enumerate(new.parties, 1):
        Signatory.objects.create(
            contract=contract,
            place=place,
            role=party.role,
            name=party.name,
            address=party.address,
        )
    ContractFile.objects.create(
        contract=contract, place=0, sha256=contract.presented_sha256, content=presented, kept_at=at
    )
    append(fact(contract, "contract.drafted", on=at.date()), at=at, by=by)
    return contract


@transaction.atomic
def send(contract_id: int, *, on: date, at: datetime, by: str) -> Contract:
    """The first signatory is asked; sent again, nothing."""
    contract = locked(contract_id)
    if contract.state != ContractState.DRAFT:
        return contract
    contract.sent_at = at
    move(contract, ContractVerb.SEND)
    append(fact(contract, "contract.sent", on=on), at=at, by=by)
    return contract


@transaction.atomic
def terminate(contract_id: int, *, reason: str, on: date, at: datetime, by: str) -> Contract:
    """End a contract, or give up one that was not signed by all."""
    contract = locked(contract_id)
    if contract.state in OVER:
        return contract
    contract.closed_on, contract.close_reason = on, reason[:200]
    move(contract, ContractVerb.TERMINATE)
    append(fact(contract, "contract.terminated", on=on), at=at, by=by)
    return contract


@transaction.atomic
def roll(*, as_of: date, at: datetime, by: str) -> int:
    """What is signed takes effect on its first day, what has come to its end expires; how many."""
    begun = Contract.objects.filter(state=ContractState.SIGNED, starts_on__lte=as_of)
    over = Contract.objects.filter(state=ContractState.EFFECTIVE, ends_on__lte=as_of)
    moved = 0
    for found, verb, kind in (
        (begun, ContractVerb.TAKE_EFFECT, "contract.took_effect"),
        (over, ContractVerb.EXPIRE, "contract.expired"),
    ):
        rows = list(found.select_for_update().order_by("pk"))
        for contract in rows:
            if verb == ContractVerb.EXPIRE:
                contract.closed_on = contract.ends_on
            move(contract, verb)
        append_many((fact(one, kind, on=as_of) for one in rows), at=at, by=by)
        moved += len(rows)
    return moved


def sha256_of(content: bytes) -> str:
    """64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def fact(contract: Contract, kind: str, *, on: date, more: str = "", **content: Any) -> Fact:
    """What the journal says of a contract."""
    sealed = contract.sealed_sha256 or contract.presented_sha256
    return Fact(
        kind,
        on=on,
        account_id=contract.account_id,
        term_id=contract.term_id,
        content={"contract": contract.public_id, "sha256": sealed, **content},
        once_key=f"{kind}:{contract.pk}{more}",
    )
