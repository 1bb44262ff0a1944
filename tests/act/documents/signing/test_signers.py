"""Who seals: our own key, with or without a time stamp, or a service (contract of R-I-022)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tenure.act.documents.signing import authority
from tenure.act.documents.signing.local import LocalSigner
from tenure.act.documents.signing.provider import ContractSigner, Seal, SigningDown
from tenure.act.documents.signing.registry import NoSuchSigner, signer_of
from tenure.act.documents.signing.remote import Access, RemoteSigner
from tenure.act.documents.signing.verifying import Level, verify
from tenure.records.contracts.queries import files_of, signatories_of
from tenure.strategy.sections import Strategy
from tenure.world.signing_service import SigningDesk
from tenure.world.tax_platform.service import NotInProduction
from tests.act.documents.signing.agreed import LATER, a_contract, sign_next
from tests.builders import AT

SEAL = Seal("con_1", 1, "张伟", "同意")


def keyed(at_folder: Path) -> Any:
    """pyHanko's signer with the key that this installation made."""
    from pyhanko.sign import signers

    key, certificate, root = authority.key_files(at_folder)
    load: Any = signers.SimpleSigner.load
    found = load(str(key), str(certificate), ca_chain_files=(str(root),))
    assert found is not None
    return found


@pytest.fixture
def service(strategy: Strategy) -> Iterator[SigningDesk]:
    signer = keyed(authority.ready(at=AT, name="service"))
    made = SigningDesk("app", "secret", signer=signer)
    yield made
    made.close()


@pytest.fixture
def presented(strategy: Strategy) -> bytes:
    return bytes(files_of(a_contract().pk)[0].content)


def a_time_stamper() -> Any:
    """An RFC 3161 authority in this process, with a certificate for time stamps."""
    from asn1crypto import keys, x509
    from cryptography import x509 as made
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
    from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    name = made.Name([made.NameAttribute(NameOID.COMMON_NAME, "Test time")])
    certificate = (
        made.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=365))
        .add_extension(made.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    der = serialization.Encoding.DER
    private = key.private_bytes(
        der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return DummyTimeStamper(
        x509.Certificate.load(certificate.public_bytes(der)),
        keys.PrivateKeyInfo.load(private),
        fixed_dt=AT,
    )


def test_each_signer_continues_the_file_that_it_gets(
    presented: bytes, service: SigningDesk
) -> None:
    """ENT-03, R-I-022: one contract for all of them."""
    signers: list[ContractSigner] = [
        LocalSigner(issuer="Lanjiang"),
        RemoteSigner(Access(service.url, "app", "secret")),
    ]

    for signer in signers:
        sealed = signer.seal(presented, SEAL, at=AT)
        verdict = verify(sealed, at=LATER)
        assert sealed.startswith(presented)
        assert [(one.name, one.is_intact, one.level) for one in verdict.findings] == [
            ("张伟", True, Level.B_B)
        ]


def test_a_time_stamp_makes_it_b_t(presented: bytes) -> None:
    """R-I-021: with a time-stamp authority the time is proven as well."""
    stamper = a_time_stamper()

    sealed = LocalSigner(issuer="Lanjiang", timestamper=stamper).seal(presented, SEAL, at=AT)

    finding = verify(sealed, at=LATER).findings[0]
    assert (finding.level, finding.stamped_at) == (Level.B_T, AT)


def test_a_silent_authority_or_service_leaves_the_contract_as_it_was(
    strategy: Strategy, service: SigningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = a_contract()
    monkeypatch.setenv("TENURE_TSA_URL", "http://127.0.0.1:9/tsa")

    with pytest.raises(SigningDown):
        sign_next(contract)

    assert len(files_of(contract.pk)) == 1
    assert signatories_of(contract.pk)[0].signed_at is None


def test_a_service_that_refuses_or_gives_another_file_is_an_outage(
    presented: bytes, service: SigningDesk
) -> None:
    wrong = RemoteSigner(Access(service.url, "app", "wrong"))
    right = RemoteSigner(Access(service.url, "app", "secret"))
    service.gives_another_file = True

    for signer in (wrong, right):
        with pytest.raises(SigningDown):
            signer.seal(presented, SEAL, at=AT)

    assert service.calls == ["con_1:1"]


def test_a_service_is_named_by_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoSuchSigner):
        signer_of("remote", issuer="x")
    with pytest.raises(NoSuchSigner):
        signer_of("fadada", issuer="x")
    for key in ("URL", "APP_ID", "APP_SECRET"):
        monkeypatch.setenv(f"TENURE_SIGNING_{key}", "http://127.0.0.1:9")

    assert signer_of("remote", issuer="x").name == "remote"


def test_the_made_up_service_refuses_production(settings: Any) -> None:
    settings.TENURE_ENV = "production"

    with pytest.raises(NotInProduction):
        SigningDesk("app", "secret", signer=None)
