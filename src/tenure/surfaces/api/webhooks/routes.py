"""`/api/v1/webhooks/deliveries`: the log of what was told, and sending one again (R-E-011)."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from tenure.kernel import clock
from tenure.records.keys.models import ApiKey
from tenure.records.webhooks import actions, queries
from tenure.records.webhooks.models import WebhookDelivery
from tenure.records.webhooks.rules import UnknownDelivery
from tenure.surfaces.api.access import KeyAuth
from tenure.surfaces.api.answers import CHANGES, PROBLEMS, Answer
from tenure.surfaces.api.once import IDEMPOTENT, call_name, once
from tenure.surfaces.console.shell import standing

MOST_ROWS = 200
KEYS = KeyAuth(ApiKey.Scope.WEBHOOKS)

router = Router(auth=KEYS, tags=["webhooks"])

Limit = Annotated[int, Query(ge=1, le=MOST_ROWS)]
Cursor = Annotated[str, Query(pattern=r"^([0-9]{1,18})?$", description="`next_cursor`")]
MessageId = Annotated[str, Path(pattern=r"^msg_[0-9a-zA-Z_]{1,50}$")]


class RequestOut(Answer):
    """One request and what was answered."""

    at: datetime
    status: int | None = Field(description="null: nothing was answered")
    failure: str
    took_ms: int
    answer: str = Field(description="the first 4 KB")


class DeliveryOut(Answer):
    """One fact for one endpoint."""

    id: str = Field(description="sent as webhook-id", examples=["msg_ab12cd_7"])
    endpoint: str
    event: str = Field(examples=["payment.succeeded"])
    state: str = Field(description="waiting, delivered or given_up")
    attempts: int
    created_at: datetime
    next_at: datetime | None
    body: str


class DeliveryWithRequestsOut(DeliveryOut):
    """One delivery with every request."""

    requests: list[RequestOut]


class DeliveriesOut(Answer):
    """A page of the log, newest first."""

    items: list[DeliveryOut]
    next_cursor: str | None


@router.get("/deliveries", response={200: DeliveriesOut, **PROBLEMS}, operation_id="deliveries")
def log(
    request: HttpRequest, response: HttpResponse, limit: Limit = 50, cursor: Cursor = ""
) -> dict[str, Any]:
    """What was told to whom, newest first, a page at a time."""
    before = int(cursor) if cursor else None
    found = queries.deliveries(limit=limit + 1, before=before)
    page = found[:limit]
    next_cursor = str(page[-1].pk) if len(found) > limit else None
    if next_cursor:
        here = request.build_absolute_uri(request.path)
        response.headers["Link"] = f'<{here}?limit={limit}&cursor={next_cursor}>; rel="next"'
    return {"items": [_told(one) for one in page], "next_cursor": next_cursor}


@router.get(
    "/deliveries/{message_id}",
    response={200: DeliveryWithRequestsOut, **PROBLEMS},
    operation_id="delivery",
)
def one_delivery(request: HttpRequest, message_id: MessageId) -> dict[str, Any]:
    """One delivery with every request that was made of it."""
    found = _found(message_id)
    requests = [
        {
            "at": one.at,
            "status": one.http_status,
            "failure": one.failure,
            "took_ms": one.took_ms,
            "answer": one.answer,
        }
        for one in queries.attempts(found)
    ]
    return {**_told(found), "requests": requests}


@router.post(
    "/deliveries/{message_id}/resend",
    response={200: DeliveryOut, **CHANGES},
    operation_id="resend_delivery",
    openapi_extra=IDEMPOTENT,
)
@once
def resend(request: HttpRequest, message_id: MessageId) -> dict[str, Any]:
    """Send one delivery again, under its own id."""
    at = clock.now()
    on = clock.today(standing().strategy.business.zone, at)
    _found(message_id)
    return _told(actions.resend(message_id, on=on, at=at, by=call_name(request)))


def _found(message_id: str) -> WebhookDelivery:
    try:
        return queries.the_delivery(message_id)
    except UnknownDelivery:
        raise Http404 from None


def _told(one: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": one.message_id,
        "endpoint": one.endpoint.public_id,
        "event": one.kind,
        "state": one.state,
        "attempts": one.attempts,
        "created_at": one.created_at,
        "next_at": one.next_at,
        "body": one.body,
    }
