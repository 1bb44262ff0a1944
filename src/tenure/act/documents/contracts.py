"""E-contracts: drafted from a template, signed in order with a code, sealed, and proven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from tenure.act.documents.gathering import both, seller_content, stored
from tenure.act.documents.signing.provider import Seal
from tenure.act.documents.signing.registry import configured_name, signer_of
from tenure.act.documents.typesetting import pdf
from tenure.act.documents.wording import CONTRACT_LABELS, CONTRACT_NOTE, PREVAILING
from tenure.act.messages.own import SIGNING_CODE
from tenure.act.messages.rendering import render
from tenure.kernel.clock import today
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.identifiers import new_id
from tenure.records.access.secrets import fresh_token
from tenure.records.contacts.models import Message
from tenure.records.contracts.actions import drafting, signing
from tenure.records.contracts.actions.drafting import NewContract, Party
from tenure.records.contracts.actions.signing import Circumstances
from tenure.records.contracts.models import Contract, Signatory
from tenure.records.contracts.moving import locked
from tenure.records.contracts.queries import signatories_of
from tenure.records.contracts.rules import CODE_LASTS, NoConsent
from tenure.records.customers.models import Account
from tenure.records.customers.queries import primary_person
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.strategy.contracts import ContractTemplate, Role
from tenure.strategy.documents import Seller
from tenure.strategy.reading import nearest

COUNTERSIGNED: Final = Sentence(
    zh="服务商在发出本合同时已同意签署，客户签署后自动加盖。",
    en="Offered by the provider with the sending of this contract; sealed after the customer.",
)


class NoSuchTemplate(Refusal):
    """A contract that the strategy does not offer."""

    code = "no_such_contract_template"
    said = Sentence(
        zh="contracts.toml 没有“{name}”这种合同{nearest}。",
        en="contracts.toml has no contract “{name}”{nearest}.",
    )


class SignerMissing(Refusal):
    """A role that must sign and was not named."""

    code = "signer_missing"
    said = Sentence(
        zh="合同需要 {role} 签署，但没有给出其姓名和联系方式。",
        en="The contract is signed by the {role}, whose name and address were not given.",
    )


class NobodyToWrite(Refusal):
    """A contract of an account without a person or without any term."""

    code = "nobody_to_write"
    said = Sentence(
        zh="合同 {contract} 的客户没有联系人或没有任何合同期，无法发送验证码。",
        en="Nobody can be written to about {contract}: its account has no person, or no term.",
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A contract to draft: for whom, from which template, and what stands in its slots."""

    account_id: int
    template: str
    once_key: str
    parties: Mapping[str, Party]
    variables: Mapping[str, str] = field(default_factory=dict)
    term_id: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    annex_of: Contract | None = None


@dataclass(frozen=True, slots=True)
class Signing:
    """What a signatory hands in: the code, the ticked box, and from where."""

    code: str
    agrees: bool
    ip: str
    device: str
    language: str = "zh-Hans"


def draft(wanted: Wanted, *, at: datetime, by: str) -> Contract:
    """Freeze a contract from its template, in both languages; drafted again, the one there is.

    Raises:
        NoSuchTemplate, SignerMissing, MissingSlot: a slot has no value.
    """
    known = Contract.objects.filter(once_key=wanted.once_key).first()
    if known is not None:
        return known
    strategy = current()
    template = _template(wanted.template, strategy.contracts)
    account = Account.objects.get(pk=wanted.account_id)
    seller = strategy.documents.seller_for(account.country)
    parties = _parties(template, wanted=wanted)
    text = _text(template, wanted=wanted, account=account, seller=seller)
    public_id = new_id("con", at)
    on = today(strategy.business.zone, at)
    page = _page(template, text=text, seller=seller, parties=parties)
    page |= {"number": public_id, "issued": [on.year, on.month, on.day]}
    new = NewContract(
        account_id=wanted.account_id,
        template=template.id,
        template_version=template.version,
        kind=template.kind,
        strategy_hash=strategy.hash,
        prevailing=template.prevailing,
        name=both(template.name),
        text=both(text),
        consent=both(template.consent),
        variables=dict(wanted.variables),
        parties=parties,
        signer=configured_name(),
        once_key=wanted.once_key,
        term_id=wanted.term_id,
        annex_of_id=wanted.annex_of.pk if wanted.annex_of is not None else None,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        public_id=public_id,
    )
    return drafting.draft(new, presented=pdf("contract", page), at=at, by=by)


def annex(wanted: Wanted, *, at: datetime, by: str) -> Contract:
    """A renewal of a signed contract: a new file that refers to it, never an edit (R-I-023)."""
    original = wanted.annex_of
    assert original is not None, "an annex belongs to a contract"
    reference = {"original": original.public_id, "original_sha256": original.sealed_sha256}
    named = Wanted(
        account_id=wanted.account_id,
        template=wanted.template,
        once_key=wanted.once_key,
        parties=wanted.parties,
        variables={**wanted.variables, **reference},
        term_id=wanted.term_id,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        annex_of=original,
    )
    return draft(named, at=at, by=by)


@transaction.atomic
def send_code(signatory: Signatory, *, at: datetime, by: str) -> Signatory:
    """Mail a fresh code to a signatory whose turn it is.

    Raises:
        NotYourTurn, CodeTooSoon
    """
    nonce = fresh_token()
    message = _letter(signatory, nonce=nonce, at=at)
    return signing.give_code(signatory.pk, nonce=nonce, message_id=message.pk, at=at, by=by)


def sign(signatory: Signatory, signed: Signing, *, at: datetime) -> Contract:
    """One signature: the code is right, the consent is given, the file is sealed and kept.

    Where the seller is next, its seal follows at once: whoever sent the contract offered it.

    Raises:
        NoConsent, WrongCode, CodeIsOver, NotYourTurn, SigningDown
    """
    if not signed.agrees:
        raise NoConsent()
    signing.try_code(signatory.pk, code=signed.code, at=at)
    with transaction.atomic():
        contract = locked(signatory.contract_id)
        consent = stored(contract.consent).say(signed.language)
        circumstances = Circumstances(consent, signed.ip, signed.device)
        contract = _seal(contract, signatory.pk, circumstances, at=at)
        return countersign(contract, at=at)


def countersign(contract: Contract, *, at: datetime) -> Contract:
    """The seller's seal, where it is the seller's turn; otherwise nothing."""
    waiting = [one for one in signatories_of(contract.pk) if one.signed_at is None]
    if not waiting or waiting[0].role != Role.SELLER:
        return contract
    on = today(current().business.zone, at)
    signing.view(waiting[0].pk, on=on, at=at, by="seller")
    circumstances = Circumstances(COUNTERSIGNED.say(contract.prevailing), "", "tenure")
    return _seal(contract, waiting[0].pk, circumstances, at=at)


def _seal(
    contract: Contract, signatory_id: int, circumstances: Circumstances, *, at: datetime
) -> Contract:
    """Seal the newest file for a signatory and keep it; the caller holds the contract's lock."""
    signatory = Signatory.objects.select_related("contract").get(pk=signatory_id)
    signing.check_turn(signatory)
    strategy = current()
    account = Account.objects.get(pk=contract.account_id)
    seller = strategy.documents.seller_for(account.country)
    signer = signer_of(contract.signer, issuer=seller.name.en)
    seal = Seal(contract.public_id, signatory.place, signatory.name, circumstances.consent_text)
    before = bytes(signing.newest_file(contract.pk).content)
    sealed = signer.seal(before, seal, at=at)
    on = today(strategy.business.zone, at)
    return signing.keep_signature(signatory_id, circumstances, sealed=sealed, on=on, at=at)


def _letter(signatory: Signatory, *, nonce: str, at: datetime) -> Message:
    """The mail with the code, to the signatory's own address."""
    contract = signatory.contract
    person = primary_person(contract.account_id)
    terms = Term.objects.filter(account_id=contract.account_id, reversed_on=None)
    term = terms.order_by("-ends_on", "-pk").first()
    if person is None or term is None:
        raise NobodyToWrite(contract=contract.public_id)
    return Message.objects.create(
        send_key=f"contract:{nonce}",
        account_id=contract.account_id,
        person=person,
        term=term,
        journey="contracts",
        step="code",
        template=SIGNING_CODE,
        message_class=Message.Class.TRANSACTIONAL,
        channel="email",
        language=person.language,
        address=signatory.address,
        planned_at=at,
        send_after=at,
        expires_at=at + CODE_LASTS,
    )


def _template(name: str, known: Mapping[str, ContractTemplate]) -> ContractTemplate:
    if name not in known:
        raise NoSuchTemplate(name=name, nearest=nearest(name, known))
    return known[name]


def _parties(template: ContractTemplate, *, wanted: Wanted) -> list[Party]:
    for role in template.signers:
        if role not in wanted.parties:
            raise SignerMissing(role=CONTRACT_LABELS[role])
    return [wanted.parties[role] for role in template.signers]


def _text(
    template: ContractTemplate, *, wanted: Wanted, account: Account, seller: Seller
) -> Sentence:
    said = []
    for text, name in ((template.text.zh, seller.name.zh), (template.text.en, seller.name.en)):
        slots = {
            "customer": account.name,
            "seller": name,
            "starts_on": wanted.starts_on.isoformat() if wanted.starts_on else "",
            "ends_on": wanted.ends_on.isoformat() if wanted.ends_on else "",
            **wanted.variables,
        }
        said.append(render("", text, template=template.id, slots=slots).body)
    return Sentence(zh=said[0], en=said[1])


def _page(
    template: ContractTemplate, *, text: Sentence, seller: Seller, parties: Sequence[Party]
) -> dict[str, Any]:
    first = template.prevailing
    order = [first, *(one for one in ("zh-Hans", "en") if one != first)]
    prevailing = PREVAILING[first]
    return {
        "title": template.name.say(first),
        "issuer": seller_content(seller)["name"]["zh" if first.startswith("zh") else "en"],
        "lang": "zh" if first.startswith("zh") else "en",
        "region": "CN" if first.startswith("zh") else "GB",
        "void": "",
        "labels": {"page": CONTRACT_LABELS["page"].say(first)},
        "parties": [
            {"label": CONTRACT_LABELS[one.role].say(first), "name": one.name, "lines": []}
            for one in parties[:2]
        ],
        "facts": [
            {"label": CONTRACT_LABELS["version"].say(first), "value": str(template.version)},
        ],
        "texts": [
            {
                "lang": "zh" if language.startswith("zh") else "en",
                "title": template.name.say(language),
                "paragraphs": text.say(language).split("\n\n"),
            }
            for language in order
        ],
        "note": f"{prevailing.say(first)} {CONTRACT_NOTE.say(first)}",
    }


def customer_party(account: Account, *, address: str, name: str = "") -> dict[str, Party]:
    """The account's own signature, by whom it is given."""
    return {str(Role.CUSTOMER): Party(Role.CUSTOMER, name or account.name, address)}


def seller_party(seller: Seller) -> dict[str, Party]:
    """The seller's own signature; its code goes to the seller's address."""
    return {str(Role.SELLER): Party(Role.SELLER, seller.drawer or seller.name.zh, seller.email)}
