"""The secret of an endpoint: derived from the server's own, so that none is stored anywhere.

Whoever reads the database cannot sign; a new server secret changes every endpoint's secret.
"""

from base64 import b64encode
from datetime import datetime

from django.utils.crypto import salted_hmac

from tenure.records.webhooks.models import WebhookEndpoint

PREFIX = "whsec_"


def secret_of(public_id: str, *, generation: int) -> str:
    """`whsec_` and 32 bytes in base64, the same for ever for one generation of an endpoint."""
    seal = salted_hmac("tenure.webhooks", f"{public_id}:{generation}", algorithm="sha256")
    return PREFIX + b64encode(seal.digest()).decode()


def signing_secrets(endpoint: WebhookEndpoint, *, at: datetime) -> list[str]:
    """The secrets that sign at an instant, the newest first: two while one is rotated."""
    generations = [endpoint.generation]
    if endpoint.previous_until is not None and at < endpoint.previous_until:
        generations.append(endpoint.generation - 1)
    return [secret_of(endpoint.public_id, generation=one) for one in generations]
