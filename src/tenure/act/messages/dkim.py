"""A signature of our domain on each letter (RFC 6376, relaxed/relaxed; RFC 8463 for Ed25519).

What a reader can be led astray by is signed once more than it stands there, so that nobody adds a
second From or another way to unsubscribe on the way (RFC 6376 §8.15, R-P-031).
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from tenure.kernel.failures import Refusal, Sentence

#: In this order, where a letter has them; each of these once more, which forbids to add another.
SIGNED: Final = (
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type",
    "list-unsubscribe", "list-unsubscribe-post", "auto-submitted",
)  # fmt: skip
ONCE_MORE: Final = (
    "from", "to", "subject", "date", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
_LEAST_BITS: Final = 1_024
_SPACES: Final = re.compile(rb"[ \t]+")
_FOLD: Final = re.compile(rb"\r\n(?=[ \t])")

type Key = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
type Header = tuple[bytes, bytes]  # name, value as it stands


class BadSigningKey(Refusal):
    """A key with which no letter can be signed."""

    code = "bad_signing_key"
    said = Sentence(
        zh="TENURE_DKIM_KEY 指向的文件不是可用的私钥（1024 位以上的 RSA 或 Ed25519，PEM 格式）。",
        en="The file named by TENURE_DKIM_KEY is no usable private key (RSA of 1024 bits or more, "
        "or Ed25519, in PEM).",
    )


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the domain, and under which name its key stands in the DNS."""

    domain: str
    selector: str
    key: Key

    @property
    def algorithm(self) -> str:
        """As the signature names it."""
        return "rsa-sha256" if isinstance(self.key, rsa.RSAPrivateKey) else "ed25519-sha256"

    @property
    def record(self) -> str:
        """What stands in the DNS at `selector._domainkey.domain` as TXT."""
        public = self.key.public_key()
        if isinstance(public, ed25519.Ed25519PublicKey):
            raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
            return f"v=DKIM1; k=ed25519; p={_b64(raw)}"
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={_b64(der)}"


@lru_cache(maxsize=4)
def signer_of(path: str, *, selector: str, domain: str) -> Signer:
    """The signer whose key stands in a file, read once.

    Raises:
        BadSigningKey: there is no such key in it.
    """
    try:
        key = load_pem_private_key(Path(path).read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise BadSigningKey() from error
    is_rsa = isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _LEAST_BITS
    if not is_rsa and not isinstance(key, ed25519.Ed25519PrivateKey):
        raise BadSigningKey()
    assert isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey), "checked above"
    return Signer(domain, selector, key)


def signed(letter: bytes, *, signer: Signer) -> bytes:
    """A letter (headers first, CRLF everywhere) with its signature before it."""
    head, _, body = letter.partition(b"\r\n\r\n")
    headers = headers_of(head)
    names = _names(headers)
    tags = (
        f"v=1; a={signer.algorithm}; c=relaxed/relaxed; d={signer.domain};\r\n"
        f" s={signer.selector};\r\n"
        f" h={':'.join(names)};\r\n"
        f" bh={body_hash(body)};\r\n b="
    )
    bare = (b"DKIM-Signature", f" {tags}".encode("ascii"))
    seal = _sealed(hashed(headers, bare, names=names), key=signer.key)
    folded = "\r\n ".join(seal[start : start + 70] for start in range(0, len(seal), 70))
    return b"DKIM-Signature: " + tags.encode("ascii") + folded.encode("ascii") + b"\r\n" + letter


def headers_of(head: bytes) -> list[Header]:
    """Names and values of a head, folded as they stand."""
    unfolded = re.split(rb"\r\n(?![ \t])", head)
    pairs = (line.partition(b":") for line in unfolded if line)
    return [(name, value) for name, _, value in pairs]


def body_hash(body: bytes) -> str:
    """The hash of a body, relaxed: spaces at ends of lines and empty last lines do not count."""
    lines = [_SPACES.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    text = b"".join(line + b"\r\n" for line in lines)
    return _b64(hashlib.sha256(text).digest())


def hashed(headers: Sequence[Header], bare: Header, *, names: Sequence[str]) -> bytes:
    """What is signed: the named headers from the last one up, then the signature without itself."""
    left = list(headers)
    chosen = []
    for name in names:
        place = next(
            (at for at in reversed(range(len(left))) if _plain(left[at][0]) == name.encode()), None
        )
        if place is not None:
            chosen.append(relaxed(left.pop(place)) + b"\r\n")
    return b"".join(chosen) + relaxed(bare)


def relaxed(header: Header) -> bytes:
    """A header in lower-case name, unfolded, with single spaces (RFC 6376 §3.4.2)."""
    name, value = header
    return _plain(name) + b":" + _SPACES.sub(b" ", _FOLD.sub(b"", value)).strip(b" ")


def _names(headers: Sequence[Header]) -> list[str]:
    stand = Counter(_plain(name).decode("ascii", "replace") for name, _ in headers)
    named = [name for name in SIGNED for _ in range(stand[name])]
    return [*named, *ONCE_MORE]


def _plain(name: bytes) -> bytes:
    return name.strip().lower()


def _sealed(text: bytes, *, key: Key) -> str:
    if isinstance(key, rsa.RSAPrivateKey):
        return _b64(key.sign(text, padding.PKCS1v15(), SHA256()))
    return _b64(key.sign(hashlib.sha256(text).digest()))


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
