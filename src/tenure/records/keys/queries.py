"""Find the key that a program shows."""

import hmac

from tenure.records.keys.models import ApiKey
from tenure.records.keys.rules import KeyText


def find(text: str) -> ApiKey | None:
    """The open key behind a text; how long it takes does not depend on the secret."""
    shown = KeyText.parse(text)
    if shown is None:
        return None
    key = ApiKey.objects.filter(public_id=shown.public_id, closed_at=None).first()
    kept = key.secret_hash if key is not None else ""
    return key if hmac.compare_digest(kept, shown.secret_hash) else None


def every() -> list[ApiKey]:
    """All keys, closed ones too, oldest first."""
    return list(ApiKey.objects.order_by("pk"))
