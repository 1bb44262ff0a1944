"""JSON Web Tokens as push services want them: ES256 and RS256 (RFC 7515, RFC 7518)."""

import base64
import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_HALF_BYTES = 32


def b64url(content: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def from_b64url(text: str) -> bytes:
    """The bytes of `b64url`; raises ValueError where it is none."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def signed(claims: Mapping[str, object], *, pem: str, key_id: str = "") -> str:
    """A token of these claims; the algorithm is that of the key.

    Raises:
        ValueError: the key is neither of P-256 nor of RSA.
    """
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise ValueError("a token is signed with a key of P-256 or RSA")
    is_curve = isinstance(key, ec.EllipticCurvePrivateKey)
    header = {"alg": "ES256" if is_curve else "RS256", "typ": "JWT"}
    if key_id:
        header["kid"] = key_id
    text = ".".join(b64url(json.dumps(one, separators=(",", ":")).encode())
                    for one in (header, dict(claims)))  # fmt: skip
    if isinstance(key, rsa.RSAPrivateKey):
        return f"{text}.{b64url(key.sign(text.encode(), padding.PKCS1v15(), SHA256()))}"
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(SHA256())))
    both = r.to_bytes(_HALF_BYTES, "big") + s.to_bytes(_HALF_BYTES, "big")
    return f"{text}.{b64url(both)}"
