"""A message that only one browser can open: aes128gcm (RFC 8188) with its keys (RFC 8291)."""

import os
import struct
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_BYTES: Final = 4_096
_POINT_BYTES: Final = 65
_LAST: Final = b"\x02"


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of one browser: its public point and its secret, both from its subscription."""

    public: bytes
    secret: bytes


class NotForUs(ValueError):
    """A sealed message that these keys do not open."""


def seal(
    words: bytes,
    ring: Ring,
    *,
    salt: bytes = b"",
    own: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """One record of `aes128gcm`, header first.

    Args:
        salt: 16 random bytes when not given.
        own: the sender's key of this one message, made anew when not given.
    Raises:
        ValueError: the browser's point is none of P-256.
    """
    salt = salt or os.urandom(16)
    own = own or ec.generate_private_key(ec.SECP256R1())
    public = point_of(own)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ring.public)
    key, nonce = _keys(own.exchange(ec.ECDH(), theirs), ring, sender=public, salt=salt)
    sealed = AESGCM(key).encrypt(nonce, words + _LAST, None)
    return salt + struct.pack("!IB", RECORD_BYTES, len(public)) + public + sealed


def unseal(content: bytes, ring: Ring, *, own: ec.EllipticCurvePrivateKey) -> bytes:
    """What was sealed for the browser that holds this private key.

    Raises:
        NotForUs: it was sealed for somebody else, or was changed.
    """
    salt, rest = content[:16], content[21:]
    length = content[20] if len(content) > 20 else 0
    if length != _POINT_BYTES:
        raise NotForUs("no point of the sender")
    sender, sealed = rest[:length], rest[length:]
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
    key, nonce = _keys(own.exchange(ec.ECDH(), theirs), ring, sender=sender, salt=salt)
    try:
        words = AESGCM(key).decrypt(nonce, sealed, None)
    except InvalidTag as error:
        raise NotForUs("another key") from error
    return words.rstrip(b"\x00").removesuffix(_LAST)


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public point of a key, uncompressed."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _keys(shared: bytes, ring: Ring, *, sender: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Key and nonce of the one record (RFC 8291 §3.4)."""
    info = b"WebPush: info\x00" + ring.public + sender
    secret = HKDF(SHA256(), 32, ring.secret, info).derive(shared)
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
    return key, nonce
