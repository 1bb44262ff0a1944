"""Read endpoints, deliveries and attempts."""

from datetime import datetime

from tenure.records.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tenure.records.webhooks.rules import UnknownDelivery
from tenure.records.webhooks.states import DeliveryState


def endpoints(*, with_closed: bool = True) -> list[WebhookEndpoint]:
    """All endpoints, oldest first."""
    found = WebhookEndpoint.objects.order_by("pk")
    return list(found if with_closed else found.filter(closed_at=None))


def has_open() -> bool:
    """Whether anybody wants to be told anything."""
    return WebhookEndpoint.objects.filter(closed_at=None).exists()


def has_due(at: datetime) -> bool:
    """Whether an attempt is due."""
    return WebhookDelivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=at).exists()


def deliveries(
    *, endpoint: str = "", state: str = "", limit: int = 50, before: int | None = None
) -> list[WebhookDelivery]:
    """The delivery log, newest first; `before` is the last id of the page before."""
    found = WebhookDelivery.objects.select_related("endpoint").order_by("-pk")
    if endpoint:
        found = found.filter(endpoint__public_id=endpoint)
    if state:
        found = found.filter(state=state)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found[:limit])


def attempts(delivery: WebhookDelivery) -> list[WebhookAttempt]:
    """Every request of one delivery, in order."""
    return list(WebhookAttempt.objects.filter(delivery=delivery).order_by("pk"))


def the_delivery(message_id: str) -> WebhookDelivery:
    """One delivery by its id.

    Raises:
        UnknownDelivery: it is not there.
    """
    found = WebhookDelivery.objects.select_related("endpoint").filter(message_id=message_id).first()
    if found is None:
        raise UnknownDelivery(message_id=message_id)
    return found
