"""`GET /api/v1/customers/…`: the 360° view of one customer (DAT-02)."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Path, Query, Router

from tenure.kernel import clock
from tenure.records.customers.models import Account
from tenure.records.keys.models import ApiKey
from tenure.surfaces.api.access import KeyAuth, is_masked
from tenure.surfaces.api.answers import PROBLEMS
from tenure.surfaces.api.customers import rendering
from tenure.surfaces.api.customers.schemas import CustomerOut, CustomersOut, TimelineOut
from tenure.surfaces.api.etags import etag_of, is_known
from tenure.surfaces.console.shell import standing
from tenure.surfaces.customer_view.gather import NoSuchCustomer, Standpoint
from tenure.surfaces.customer_view.gather import customer as gathered
from tenure.surfaces.customer_view.masking import masked, masked_timeline
from tenure.surfaces.customer_view.timeline import MOST_ROWS, Asked, Mark, timeline
from tenure.understand.funnel.queries import stages_of

PREFIX = "cus_"
MOST_ID = 2**63 - 1
KEYS = KeyAuth(ApiKey.Scope.CUSTOMERS, ApiKey.Scope.MASKED)
MOST_FOUND = 50

router = Router(auth=KEYS, tags=["customers"])

CustomerId = Annotated[str, Path(pattern=r"^cus_[0-9]{1,19}$")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS)]
CURSOR = r"^([0-9]{8}T[0-9]{12}Z-[a-z]{1,20}--?[0-9]{1,18})?$"
Cursor = Annotated[str, Query(pattern=CURSOR, description="`next_cursor` of the page before")]


@router.get("", response={200: CustomersOut, **PROBLEMS}, operation_id="find_customers")
def find(
    request: HttpRequest,
    external_id: Annotated[str, Query(min_length=1, max_length=120)],
    source: Annotated[str, Query(max_length=60)] = "",
) -> dict[str, Any]:
    """Find customers by the number that another system gave them."""
    rows = Account.objects.filter(external_id=external_id).order_by("pk")
    if source:
        rows = rows.filter(source=source)
    return {
        "items": [
            {
                "id": f"{PREFIX}{one.pk}",
                "source": one.source,
                "external_id": one.external_id,
                "href": request.build_absolute_uri(
                    reverse("api:get_customer", args=[f"{PREFIX}{one.pk}"])
                ),
            }
            for one in rows[:MOST_FOUND]
        ]
    }


@router.get(
    "/{customer_id}",
    response={200: CustomerOut, 304: None, **PROBLEMS},
    operation_id="get_customer",
    url_name="get_customer",
)
def customer(
    request: HttpRequest,
    response: HttpResponse,
    customer_id: CustomerId,
    timeline_limit: Limit = 50,
) -> dict[str, Any] | HttpResponse:
    """Everything about one customer at one point in time, in one call.

    With `If-None-Match` and the `ETag` of an earlier answer: 304 while nothing but the instant of
    reading would be another.
    """
    stands = standing()
    standpoint = Standpoint(stands.strategy, stands.as_of, clock.now())
    try:
        view = gathered(_number(customer_id), standpoint, rows=timeline_limit)
    except NoSuchCustomer:
        raise Http404 from None
    found = rendering.customer(masked(view) if is_masked(request) else view)
    stages = stages_of(view.profile.account_id, as_of=standpoint.today)
    found["stages"] = [asdict(one) for one in stages]
    read_at = found["as_of"].pop("read_at")
    etag = etag_of(found)
    if is_known(request, etag):
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag})
    response.headers["ETag"] = etag
    found["as_of"]["read_at"] = read_at
    return found


@router.get(
    "/{customer_id}/timeline",
    response={200: TimelineOut, **PROBLEMS},
    operation_id="get_timeline",
    url_name="get_timeline",
)
def happenings(
    request: HttpRequest,
    response: HttpResponse,
    customer_id: CustomerId,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """What happened to a customer, newest first, a page at a time."""
    number = _number(customer_id)
    if not Account.objects.filter(pk=number).exists() or (cursor and not Mark.parse(cursor)):
        raise Http404
    asked = Asked(number, until=clock.now(), mark=cursor, rows=limit)
    found = timeline(asked, strategy=standing().strategy)
    if is_masked(request):
        found = masked_timeline(found)
    if found.next_mark:
        here = request.build_absolute_uri(request.path)
        address = f"{here}?limit={limit}&cursor={found.next_mark}"
        response.headers["Link"] = f'<{address}>; rel="next"'
    return rendering.timeline(found)


def _number(customer_id: str) -> int:
    """The account's id; what no account can have is not found."""
    number = int(customer_id.removeprefix(PREFIX))
    if number > MOST_ID:
        raise Http404
    return number
