"""Keys for one run, never kept beyond it."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

_BITS = 2048


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An RSA key and its two texts."""

    private: rsa.RSAPrivateKey = field(repr=False)

    @property
    def private_pem(self) -> str:
        """PKCS #8, unencrypted."""
        text = self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return text.decode()

    @property
    def public_pem(self) -> str:
        """SubjectPublicKeyInfo."""
        key = self.private.public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, message: bytes) -> bytes:
        """RSA-SHA256, PKCS #1 v1.5."""
        return self.private.sign(message, PKCS1v15(), SHA256())


def key_pair() -> KeyPair:
    """A new key."""
    return KeyPair(rsa.generate_private_key(public_exponent=65537, key_size=_BITS))
