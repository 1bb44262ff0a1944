"""Secrets of providers as they rest in a file: sealed by the server's own key (R-C-008).

Whoever copies the file has no secret without the server's. A seal also proves that nothing was
changed: a text that was altered, or sealed by another server, does not open.
"""

import base64
import binascii
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.crypto import salted_hmac

from tenure.kernel.failures import Refusal, Sentence

SEALED: Final = "sealed:"
_NONCE_BYTES: Final = 12


class BadSeal(Refusal):
    """A secret that this server did not seal."""

    code = "bad_seal"
    said = Sentence(
        zh="密封的密钥不是由本服务器密封，或已被改动；请用 tenure channel seal 重新密封。",
        en="A sealed secret was not sealed by this server, or was changed; seal it anew with "
        "tenure channel seal.",
    )


def seal(text: str) -> str:
    """A secret as it may stand in a file; sealed twice, it reads differently and opens the same."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + AESGCM(_key()).encrypt(nonce, text.encode(), SEALED.encode())
    return SEALED + base64.urlsafe_b64encode(sealed).decode()


def unseal(text: str) -> str:
    """The secret behind a seal.

    Raises:
        BadSeal: it was not sealed here, or was changed since.
    """
    try:
        sealed = base64.urlsafe_b64decode(text.removeprefix(SEALED).encode())
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return AESGCM(_key()).decrypt(nonce, rest, SEALED.encode()).decode()
    except (InvalidTag, ValueError, binascii.Error) as error:
        raise BadSeal() from error


def _key() -> bytes:
    return salted_hmac("tenure.channels.sealing", "", algorithm="sha256").digest()
