"""What a key looks like, and what of it is kept."""

import hashlib
from dataclasses import dataclass
from typing import Self

PREFIX = "tnr"
PUBLIC_BYTES = 6
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyText:
    """A key as its owner holds it: a public part that names it, and a secret."""

    public_id: str
    secret: str

    @classmethod
    def made_of(cls, entropy: bytes) -> Self:
        """The key of so much chance: `PUBLIC_BYTES` and then `SECRET_BYTES`."""
        assert len(entropy) == PUBLIC_BYTES + SECRET_BYTES, "a key is made of all its chance"
        return cls(entropy[:PUBLIC_BYTES].hex(), entropy[PUBLIC_BYTES:].hex())

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The key that a text is; None where it is no key of ours."""
        prefix, _, rest = text.strip().partition("_")
        public_id, _, secret = rest.partition("_")
        if prefix != PREFIX or not public_id or not secret:
            return None
        return cls(public_id, secret)

    @property
    def secret_hash(self) -> str:
        """What is stored. The secret is pure chance, so one round of hashing is enough."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{PREFIX}_{self.public_id}_{self.secret}"
