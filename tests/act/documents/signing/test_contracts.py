"""Contracts are signed in order, with a code, and whoever changes one byte is found (ENT-03)."""

import io
import json
import stat
import zipfile
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest

from tenure.act.documents import contracts
from tenure.act.documents.contracts import NoSuchTemplate, SignerMissing, Signing
from tenure.act.documents.proving import evidence
from tenure.act.documents.signing import authority
from tenure.act.documents.signing.verifying import Level, NotAPdf, verify
from tenure.act.messages.actions import dispatch
from tenure.act.messages.rendering import MissingSlot
from tenure.kernel.lifecycle import IllegalMove
from tenure.records.contracts.actions import drafting, signing
from tenure.records.contracts.models import Contract, ContractFile
from tenure.records.contracts.queries import files_of, signatories_of
from tenure.records.contracts.rules import (
    CodeIsOver,
    CodeTooSoon,
    NoConsent,
    NotYourTurn,
    WrongCode,
)
from tenure.records.contracts.states import ContractState, SignatoryState
from tenure.records.journal.models import Entry
from tenure.strategy.sections import Strategy
from tests.act.documents.signing.agreed import (
    LATER,
    a_contract,
    a_wanted,
    code_of,
    sign_as,
    sign_next,
)
from tests.act.posts import Postbag
from tests.builders import AS_OF, AT, day


def newest(contract: Contract) -> bytes:
    return bytes(files_of(contract.pk)[-1].content)


def test_a_contract_is_signed_by_each_in_order_and_takes_effect(strategy: Strategy) -> None:
    """ENT-03, R-I-023."""
    contract = a_contract()
    customer, seller = signatories_of(contract.pk)

    with pytest.raises(NotYourTurn, match="张伟"):
        signing.check_turn(seller)
    done = sign_as(customer)

    assert done.state == ContractState.EFFECTIVE
    assert [one.place for one in files_of(contract.pk)] == [0, 1, 2]
    kinds = list(
        Entry.objects.filter(kind__startswith="contract.")
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    assert kinds == [
        "contract.drafted", "contract.sent", "contract.viewed", "contract.code_sent",
        "contract.signed_by", "contract.viewed", "contract.signed_by", "contract.signed",
        "contract.took_effect",
    ]  # fmt: skip


def test_the_text_is_frozen_in_both_languages(strategy: Strategy) -> None:
    """R-I-023: template version, variables, and the clause on the prevailing language."""
    contract = a_contract()

    reader = pypdf.PdfReader(io.BytesIO(newest(contract)))
    text = "\n".join(page.extract_text() for page in reader.pages)

    assert contract.template_version == 1
    assert contract.strategy_hash == strategy.hash
    for words in ("300M 宽带", "张伟", "以中文文本为准", "the Chinese text prevails"):
        assert words in text
    assert contracts.draft(a_wanted(once_key=contract.once_key), at=AT, by="x").pk == contract.pk


def test_a_signature_without_code_consent_or_time_is_refused(strategy: Strategy) -> None:
    """R-I-020: the code is the signatory's own, lasts ten minutes and five tries."""
    contract = a_contract()
    customer = signatories_of(contract.pk)[0]
    signing.view(customer.pk, on=AS_OF, at=AT, by="customer")
    contracts.send_code(customer, at=AT, by="customer")
    code = code_of(customer)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    def give(text: str, *, agrees: bool = True, minutes: int = 2) -> Contract:
        signed = Signing(text, agrees, "203.0.113.9", "test")
        return contracts.sign(customer, signed, at=AT + timedelta(minutes=minutes))

    with pytest.raises(NoConsent):
        give(code, agrees=False)
    with pytest.raises(CodeTooSoon):
        contracts.send_code(customer, at=AT, by="customer")
    with pytest.raises(CodeIsOver):
        give(code, minutes=11)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongCode, match=f"{left} tries"):
            give(wrong)
    with pytest.raises(CodeIsOver):
        give(code)

    customer.refresh_from_db()
    assert customer.state == SignatoryState.VIEWED
    assert ContractFile.objects.count() == 1


def test_the_code_goes_by_mail_to_the_signatory(strategy: Strategy) -> None:
    contract = a_contract()
    customer = signatories_of(contract.pk)[0]
    signing.view(customer.pk, on=AS_OF, at=AT, by="customer")
    contracts.send_code(customer, at=AT, by="customer")
    postbag = Postbag()

    dispatch(at=AT, post=postbag)

    assert [code_of(customer) in str(one.body) for one in postbag.letters] == [True]


def test_one_flipped_byte_is_found(strategy: Strategy) -> None:
    """ENT-03, R-I-021: intact and valid as it is, and not after any change."""
    contract = a_contract()
    sign_next(contract)
    pdf = newest(contract)

    good = verify(pdf, at=LATER)
    place = pdf.index(b"/Producer") if b"/Producer" in pdf else 900
    spoiled = bytearray(pdf)
    spoiled[place + 3] ^= 1
    bad = verify(bytes(spoiled), at=LATER)

    assert good.is_good
    assert good.known is not None
    assert good.known.contract_id == contract.pk
    assert [one.name for one in good.findings] == ["张伟", "周敏"]
    assert {one.level for one in good.findings} == {Level.B_B}
    assert not bad.is_good
    assert [one.is_intact for one in bad.findings] == [False, False]
    assert bad.known is None


def test_what_is_not_proven_is_said(strategy: Strategy) -> None:
    """R-I-021: a certificate of our own proves integrity, not identity, and no time."""
    contract = a_contract()
    unsigned = verify(newest(contract), at=LATER)
    sign_next(contract)

    verdict = verify(newest(contract), at=LATER)

    assert [one.en[:38] for one in verdict.not_proven] == [
        "The certificate is issued by this syst",
        "There is no third party's time stamp: ",
    ]
    assert not unsigned.is_good
    assert unsigned.not_proven[0].en.startswith("There is no electronic signature")
    for junk in (b"", b"%PDF-1.7\njunk", b"PK"):
        with pytest.raises(NotAPdf):
            verify(junk, at=LATER)


def test_keys_are_readable_by_their_owner_alone(strategy: Strategy) -> None:
    contract = a_contract()
    sign_next(contract)

    for path in authority.folder().iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(authority.folder().stat().st_mode) == 0o700


def test_the_evidence_package_proves_itself(strategy: Strategy, tmp_path: Path) -> None:
    """R-I-020: document hash, identity evidence, consent, time, address, device, signature."""
    contract = a_contract()
    sign_next(contract)
    contract.refresh_from_db()

    package = evidence(contract)

    assert package == evidence(contract)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        names = set(archive.namelist())
        told = json.loads(archive.read("evidence.json"))
        signed = archive.read("contract.pdf")
        sums = archive.read("SHA256SUMS").decode()
    assert names == {
        "README.txt", "SHA256SUMS", "contract.pdf", "evidence.json", "journal.json",
        "presented.pdf", "root.pem",
    }  # fmt: skip
    customer = told["signatories"][0]
    assert customer["identity"]["sent_to"] == "zhang@mail.example"
    assert (customer["ip"], customer["device"]) == ("203.0.113.9", "Mozilla/5.0 (test)")
    assert customer["consent"].startswith("我已阅读并同意")
    assert customer["signed_document_sha256"] == contract.presented_sha256
    assert told["documents"][-1]["sha256"] == contract.sealed_sha256
    assert f"{contract.sealed_sha256}  contract.pdf" in sums
    assert signed == newest(contract)


def test_a_renewal_is_an_annex_with_its_reference(strategy: Strategy) -> None:
    """R-I-023."""
    original = a_contract()
    sign_next(original)
    original.refresh_from_db()

    annex = contracts.annex(
        a_wanted(template="renewal_annex", annex_of=original, starts_on=day(365), ends_on=day(730)),
        at=AT,
        by="user:1",
    )

    assert annex.annex_of_id == original.pk
    assert original.sealed_sha256 in annex.text["en"]
    assert original.public_id in annex.text["zh"]


def test_a_contract_takes_effect_expires_and_ends(strategy: Strategy) -> None:
    future = a_contract(starts_on=day(10), ends_on=day(20))
    future = sign_next(future)
    states = [str(future.state)]
    for offset in (9, 10, 19, 20):
        drafting.roll(as_of=day(offset), at=AT, by="loop")
        future.refresh_from_db()
        states.append(str(future.state))
    given_up = a_contract()
    drafting.terminate(given_up.pk, reason="moved away", on=AS_OF, at=AT, by="user:1")

    assert states == ["signed", "signed", "effective", "effective", "expired"]
    assert future.closed_on == day(20)
    with pytest.raises(IllegalMove):
        sign_next(given_up)


def test_what_cannot_be_drafted_says_why(strategy: Strategy) -> None:
    with pytest.raises(NoSuchTemplate, match="subscription"):
        contracts.draft(a_wanted(template="subscriptoin"), at=AT, by="x")
    with pytest.raises(SignerMissing):
        contracts.draft(a_wanted(parties={}), at=AT, by="x")
    with pytest.raises(MissingSlot, match="price"):
        contracts.draft(a_wanted(variables={"plan": "300M"}), at=AT, by="x")

    assert Contract.objects.count() == 0


def test_a_draft_cannot_be_signed(strategy: Strategy) -> None:
    contract = contracts.draft(a_wanted(), at=AT, by="user:1")
    customer = signatories_of(contract.pk)[0]

    with pytest.raises(IllegalMove):
        signing.view(customer.pk, on=AS_OF, at=AT, by="customer")

    contract.refresh_from_db()
    assert contract.state == ContractState.DRAFT
