"""The certificates of this installation: a root of its own and the key that signs, made once.

They prove that a file was not changed since this installation signed it. They prove nobody's
identity: nobody but ourselves vouches for them.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings

_YEARS: Final = timedelta(days=3_652)
_SLACK: Final = timedelta(days=1)
_KEY, _CERTIFICATE, _ROOT = "signing.key", "signing.pem", "root.pem"


def folder() -> Path:
    """Where keys and certificates are kept; readable by their owner alone."""
    return Path(settings.TENURE_HOME) / "signing"


def ready(*, at: datetime, name: str) -> Path:
    """The folder with a root, a certificate and its key; made when they are not there yet."""
    place = folder()
    if not (place / _CERTIFICATE).exists():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(place, at=at, name=name)
    return place


def key_files(place: Path) -> tuple[Path, Path, Path]:
    """The key, its certificate, and the root."""
    return place / _KEY, place / _CERTIFICATE, place / _ROOT


def root_pem() -> bytes | None:
    """The root that vouches for our signatures; None before the first one."""
    path = folder() / _ROOT
    return path.read_bytes() if path.exists() else None


def _make(place: Path, *, at: datetime, name: str) -> None:
    """A root whose key is thrown away after it has signed one certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, own_name = _named(f"{name} – Tenure root"), _named(f"{name} – Tenure signing")
    root = (
        _dated(x509.CertificateBuilder(), at)
        .subject_name(root_name)
        .issuer_name(root_name)
        .public_key(root_key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    own = (
        _dated(x509.CertificateBuilder(), at)
        .subject_name(own_name)
        .issuer_name(root_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(place / _KEY, private)
    _write(place / _ROOT, root.public_bytes(pem))
    # Last of all: a folder with a certificate is a whole one.
    _write(place / _CERTIFICATE, own.public_bytes(pem))


def _dated(builder: Any, at: datetime) -> Any:
    return builder.not_valid_before(at - _SLACK).not_valid_after(at + _YEARS)


def _named(name: str) -> Any:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _usage(*, signs_certificates: bool) -> Any:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, content: bytes) -> None:
    """Beside and then in place, readable by its owner alone."""
    beside = path.with_suffix(".new")
    descriptor = os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    beside.replace(path)
