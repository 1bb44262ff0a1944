"""A signatory opens the contract, gets a code, and signs in turn."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.records.access.secrets import is_code
from tenure.records.contracts.actions.drafting import fact, sha256_of
from tenure.records.contracts.models import Contract, ContractFile, Signatory
from tenure.records.contracts.moving import locked, move
from tenure.records.contracts.rules import (
    CONTRACT,
    SIGNATORY,
    CodeStanding,
    ContractVerb,
    NotYourTurn,
    SignatoryVerb,
    after_signing,
    check_code,
    check_pause,
)
from tenure.records.contracts.states import ContractState, SignatoryState
from tenure.records.journal.actions import append


@dataclass(frozen=True, slots=True)
class Circumstances:
    """From where somebody signs, and what they agreed to in so many words."""

    consent_text: str
    ip: str
    device: str


@transaction.atomic
def view(signatory_id: int, *, on: date, at: datetime, by: str) -> Signatory:
    """A signatory has the text before them; the first time counts."""
    signatory = _locked(signatory_id)
    if signatory.state != SignatoryState.WAITING:
        return signatory
    contract = signatory.contract
    if contract.state != ContractState.VIEWED:
        move(contract, ContractVerb.VIEW)
    signatory.viewed_at = at
    _move(signatory, SignatoryVerb.VIEW)
    told = fact(contract, "contract.viewed", on=on, more=f":{signatory.place}", who=signatory.role)
    append(told, at=at, by=by)
    return signatory


@transaction.atomic
def give_code(
    signatory_id: int, *, nonce: str, message_id: int | None, at: datetime, by: str
) -> Signatory:
    """Remember what the code of a signatory follows from; the digits are kept nowhere.

    Raises:
        NotYourTurn, CodeTooSoon
    """
    signatory = _locked(signatory_id)
    check_turn(signatory)
    check_pause(signatory.code_sent_at, at=at)
    signatory.code_nonce, signatory.code_message_id = nonce, message_id
    signatory.code_sent_at, signatory.code_tries = at, 0
    signatory.save(update_fields=["code_nonce", "code_message", "code_sent_at", "code_tries"])
    key = f":{signatory.place}:{at.isoformat()}"
    told = fact(signatory.contract, "contract.code_sent", on=at.date(), more=key)
    append(told, at=at, by=by)
    return signatory


def try_code(signatory_id: int, *, code: str, at: datetime) -> None:
    """Whether a code is the one that was sent; a wrong one is counted, whatever comes after.

    Raises:
        WrongCode, CodeIsOver
    """
    with transaction.atomic():
        signatory = _locked(signatory_id)
        nonce = signatory.code_nonce
        matches = bool(nonce) and is_code(code, nonce=nonce)
        standing = CodeStanding(signatory.code_sent_at, signatory.code_tries)
        if not matches:
            Signatory.objects.filter(pk=signatory_id).update(code_tries=standing.tries + 1)
            key = f":{signatory.place}:{at.isoformat()}:{standing.tries}"
            told = fact(signatory.contract, "contract.code_refused", on=at.date(), more=key)
            append(told, at=at, by=f"signatory:{signatory.pk}")
    check_code(standing, matches=matches, at=at)


@transaction.atomic
def keep_signature(
    signatory_id: int, circumstances: Circumstances, *, sealed: bytes, on: date, at: datetime
) -> Contract:
    """Keep the file that a signature made; after the last one the contract is signed.

    The caller holds the contract's lock since it read the file that it sealed.
    """
    signatory = _locked(signatory_id)
    contract = signatory.contract
    check_turn(signatory)
    before = newest_file(contract.pk)
    signatory.signed_at, signatory.consent_text = at, circumstances.consent_text
    signatory.ip, signatory.device = circumstances.ip[:45], circumstances.device[:300]
    signatory.document_sha256 = before.sha256
    signatory.code_nonce = ""
    _move(signatory, SignatoryVerb.SIGN)
    digest = sha256_of(sealed)
    ContractFile.objects.create(
        contract=contract, place=signatory.place, sha256=digest, content=sealed, kept_at=at
    )
    contract.sealed_sha256 = digest
    by = f"signatory:{signatory.pk}"
    key = f":{signatory.place}"
    append(fact(contract, "contract.signed_by", on=on, more=key, who=signatory.role), at=at, by=by)
    if _are_all_signed(contract):
        contract.signed_at = at
        move(contract, ContractVerb.COMPLETE)
        append(fact(contract, "contract.signed", on=on), at=at, by=by)
        if after_signing(contract.starts_on, on=on):
            move(contract, ContractVerb.TAKE_EFFECT)
            append(fact(contract, "contract.took_effect", on=on), at=at, by=by)
    else:
        contract.save(update_fields=["sealed_sha256"])
    return contract


def check_turn(signatory: Signatory) -> None:
    """Whether everybody before has signed, and the contract is out to be signed.

    Raises:
        NotYourTurn, IllegalMove
    """
    before = Signatory.objects.filter(
        contract_id=signatory.contract_id, place__lt=signatory.place
    ).exclude(state=SignatoryState.SIGNED)
    first = before.order_by("place").first()
    if first is not None:
        raise NotYourTurn(name=first.name)
    CONTRACT.after(ContractState(signatory.contract.state), ContractVerb.COMPLETE)
    SIGNATORY.after(SignatoryState(signatory.state), SignatoryVerb.SIGN)


def newest_file(contract_id: int) -> ContractFile:
    """The file with every signature so far."""
    found = ContractFile.objects.filter(contract_id=contract_id).order_by("-place").first()
    assert found is not None, "a contract is drafted with its file"
    return found


def _are_all_signed(contract: Contract) -> bool:
    waiting = Signatory.objects.filter(contract=contract).exclude(state=SignatoryState.SIGNED)
    return not waiting.exists()


def _locked(signatory_id: int) -> Signatory:
    """The signatory, with the contract locked until the transaction ends."""
    contract_id = Signatory.objects.values_list("contract_id", flat=True).get(pk=signatory_id)
    contract = locked(contract_id)
    signatory = Signatory.objects.get(pk=signatory_id)
    signatory.contract = contract
    return signatory


def _move(signatory: Signatory, verb: SignatoryVerb) -> None:
    signatory.state = SIGNATORY.after(SignatoryState(signatory.state), verb)
    signatory.save()
