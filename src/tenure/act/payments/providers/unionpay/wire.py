"""How ACP 5.1.0 signs and is checked: fields by name, SHA-256 as text, RSA over that text.

An answer carries the certificate that it was signed with. Who issued it and whom it names is
checked before the signature: anybody can sign with a certificate of their own.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from tenure.act.payments.configuration import UnionpayAccount
from tenure.act.payments.provider import BadNotice, ProviderDown
from tenure.kernel.failures import Sentence

NAME: Final = "unionpay"
BEIJING: Final = ZoneInfo("Asia/Shanghai")
VERSION, ENCODING, RSA_METHOD = "5.1.0", "UTF-8", "01"
_TIMEOUT_S: Final = 15
_STAMP: Final = "%Y%m%d%H%M%S"
_METHOD = Sentence(zh="签名方法不是 RSA（01）", en="the signature method is not RSA (01)")
_CERTIFICATE = Sentence(zh="证书不可信", en="its certificate is not UnionPay's")
_SIGNATURE = Sentence(zh="签名不符", en="the signature does not fit")


class Wire:
    """Signs for one merchant and checks what UnionPay says to it."""

    def __init__(self, account: UnionpayAccount) -> None:
        key = load_pem_private_key(account.private_key.encode(), password=None)
        assert isinstance(key, RSAPrivateKey), "a merchant of ACP signs with RSA"
        self._key, self._account = key, account
        self._root = x509.load_pem_x509_certificate(account.root_certificate.encode())

    def signed(self, fields: Mapping[str, str]) -> dict[str, str]:
        """A message of ours with what every message carries, signed; empty fields are left out."""
        message = {
            "version": VERSION,
            "encoding": ENCODING,
            "signMethod": RSA_METHOD,
            "accessType": "0",
            "certId": self._account.certificate_id,
            "merId": self._account.merchant_id,
            **fields,
        }
        kept = {name: value for name, value in message.items() if value}
        signature = self._key.sign(digest_of(kept), PKCS1v15(), SHA256())
        return {**kept, "signature": base64.b64encode(signature).decode()}

    def ask(self, path: str, fields: Mapping[str, str], *, at: datetime) -> dict[str, str]:
        """One call; its answer, checked.

        Raises:
            ProviderDown: no answer, or one that UnionPay did not sign.
        """
        return self._told(self._account.gateway.rstrip("/") + path, fields, at=at)

    def ask_for_file(self, fields: Mapping[str, str], *, at: datetime) -> dict[str, str]:
        """The same question of the host that keeps files."""
        return self._told(self._account.file_gateway, fields, at=at)

    def _told(self, url: str, fields: Mapping[str, str], *, at: datetime) -> dict[str, str]:
        try:
            answer = httpx.post(url, data=self.signed(fields), timeout=_TIMEOUT_S)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise ProviderDown(provider=NAME, why=type(error).__name__) from error
        # Values hold plus signs and equals signs that nobody escaped.
        pairs = (pair.partition("=") for pair in answer.text.split("&"))
        told = {name: value for name, _, value in pairs}
        fault = self.fault_of(told, at=at)
        if fault is not None:
            raise ProviderDown(provider=NAME, why=fault)
        return told

    def check(self, told: Mapping[str, str], *, at: datetime) -> None:
        """Refuse a notification that UnionPay did not sign.

        Raises:
            BadNotice: the certificate or the signature is not right.
        """
        fault = self.fault_of(told, at=at)
        if fault is not None:
            raise BadNotice(provider=NAME, why=fault)

    def fault_of(self, told: Mapping[str, str], *, at: datetime) -> Sentence | None:
        """What is wrong with a message of UnionPay's: method, then certificate, then signature."""
        if told.get("signMethod") != RSA_METHOD:
            return _METHOD
        key = self._trusted_key(told.get("signPubKeyCert", ""), at=at)
        if key is None:
            return _CERTIFICATE
        rest = {name: value for name, value in told.items() if name != "signature"}
        try:
            signature = base64.b64decode(told.get("signature", ""), validate=True)
            key.verify(signature, digest_of(rest), PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error):
            return _SIGNATURE
        return None

    def _trusted_key(self, pem: str, *, at: datetime) -> RSAPublicKey | None:
        """The key of a certificate that our root issued, that holds, and that names UnionPay."""
        try:
            certificate = x509.load_pem_x509_certificate(pem.encode())
            certificate.verify_directly_issued_by(self._root)
        except (ValueError, TypeError, InvalidSignature):
            return None
        holds = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        parts = {part for name in names for part in str(name.value).split("@")}
        key = certificate.public_key()
        is_right = holds and self._account.signer in parts and isinstance(key, RSAPublicKey)
        return key if is_right and isinstance(key, RSAPublicKey) else None


def digest_of(fields: Mapping[str, str]) -> bytes:
    """What is signed: the SHA-256, as hexadecimal text, of the sorted fields."""
    text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()) if value)
    return hashlib.sha256(text.encode()).hexdigest().encode()


def stamp(at: datetime) -> str:
    """Beijing's wall clock in 14 digits."""
    return at.astimezone(BEIJING).strftime(_STAMP)


def read_stamp(text: str) -> datetime | None:
    """An instant in 14 digits; None where there is none."""
    try:
        return datetime.strptime(text, _STAMP).replace(tzinfo=BEIJING)
    except ValueError:
        return None
