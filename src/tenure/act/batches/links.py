"""The link by which a company looks at a batch and pays it: signed, for this one, and soon over."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils.crypto import constant_time_compare, salted_hmac

from tenure.act.self_service.links import BadLink, LinkExpired
from tenure.records.subscriptions.batches.models import Batch

# A transfer takes days: as long as the order waits, and some days to read what became of it.
HOLDS: Final = timedelta(days=30)
_SEAL_LENGTH: Final = 32
_HOUR: Final = timedelta(hours=1)
_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)


def batch_token(batch: Batch, *, at: datetime) -> str:
    """The token of a link; made anew on one day of the order it is the same."""
    begins = batch.order.placed_at if batch.order is not None else at
    named = f"{batch.pk:x}-{(begins + HOLDS - _EPOCH) // _HOUR:x}"
    return f"{named}-{_seal(named)}"


def open_batch_link(token: str, *, at: datetime) -> Batch:
    """The batch of a token.

    Raises:
        BadLink: it is not ours, or was changed.
        LinkExpired: its time is over.
    """
    named, _, seal = token.rpartition("-")
    if not constant_time_compare(seal, _seal(named)):
        raise BadLink()
    batch_id, hours = (int(part, 16) for part in named.split("-"))
    expires_at = _EPOCH + hours * _HOUR
    if at >= expires_at:
        raise LinkExpired(expired_on=expires_at.date())
    found = Batch.objects.select_related("account", "order").filter(pk=batch_id).first()
    if found is None:
        raise BadLink()
    return found


def _seal(named: str) -> str:
    digest = salted_hmac("tenure.links.batch", named, algorithm="sha256").hexdigest()
    return digest[:_SEAL_LENGTH]
