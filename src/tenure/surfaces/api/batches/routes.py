"""Batches: bring a list, read what is wrong with it, place it; what it gives is an order."""

from typing import Annotated, Any, Final

from django.http import Http404, HttpRequest
from ninja import Path, Router

from tenure.act.batches import actions
from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.records.customers.models import Account
from tenure.records.keys.models import ApiKey
from tenure.records.subscriptions.batches.actions import begin_placing
from tenure.records.subscriptions.batches.models import Batch
from tenure.records.subscriptions.batches.queries import batch_named, counts_of, lines_of
from tenure.records.subscriptions.batches.refusals import UnknownBatch
from tenure.records.subscriptions.batches.rules import NewBatch, Wish
from tenure.records.subscriptions.batches.states import LineState
from tenure.surfaces.api.access import KeyAuth
from tenure.surfaces.api.answers import CHANGES, PROBLEMS
from tenure.surfaces.api.batches.schemas import BatchIn, BatchOut, PlaceIn
from tenure.surfaces.api.once import IDEMPOTENT, call_name, once
from tenure.surfaces.api.renewals.rendering import amount

MOST_FAULTS: Final = 1_000

router = Router(auth=KeyAuth(ApiKey.Scope.RENEWALS), tags=["renewals"])

BatchId = Annotated[str, Path(pattern=r"^bat_[0-9a-z]{1,36}$")]


@router.post(
    "/batches",
    response={200: BatchOut, **CHANGES},
    operation_id="begin_batch",
    openapi_extra=IDEMPOTENT,
)
@once
def begin(request: HttpRequest, wish: BatchIn) -> dict[str, Any]:
    """Bring a list; its first thousand rows are checked at once, the rest within seconds."""
    account_id = int(wish.customer.removeprefix("cus_"))
    if not Account.objects.filter(pk=account_id).exists():
        raise Http404
    wishes = [
        Wish(
            row,
            one.contract.strip(),
            cycle_months=one.cycle_months,
            plan_code=one.plan,
            quantity=one.seats,
        )
        for row, one in enumerate(wish.rows, start=1)
    ]
    at, by = clock.now(), call_name(request)
    begun = actions.begin(NewBatch(account_id, wish.name, wishes, wish.until), at=at, by=by)
    return rendered(actions.go_on(begun, at=at, by=by))


@router.get("/batches/{batch_id}", response={200: BatchOut, **PROBLEMS}, operation_id="batch")
def batch(request: HttpRequest, batch_id: BatchId) -> dict[str, Any]:
    """One batch, and what is wrong with it."""
    return rendered(_named(batch_id))


@router.post(
    "/batches/{batch_id}/place",
    response={200: BatchOut, **CHANGES},
    operation_id="place_batch",
    openapi_extra=IDEMPOTENT,
)
@once
def place(request: HttpRequest, batch_id: BatchId, wish: PlaceIn) -> dict[str, Any]:
    """Let a checked batch become an order, after every row was looked at once more."""
    at, by = clock.now(), call_name(request)
    begun = begin_placing(
        _named(batch_id).pk,
        seen=wish.seen,
        is_rest_left_out=wish.leave_faulty_out,
        at=at,
        by=by,
    )
    return rendered(actions.go_on(begun, at=at, by=by))


@router.post(
    "/batches/{batch_id}/drop",
    response={200: BatchOut, **CHANGES},
    operation_id="drop_batch",
    openapi_extra=IDEMPOTENT,
)
@once
def drop(request: HttpRequest, batch_id: BatchId) -> dict[str, Any]:
    """Give an unpaid batch up with its order."""
    return rendered(actions.drop(_named(batch_id), at=clock.now(), by=call_name(request)))


def rendered(one: Batch) -> dict[str, Any]:
    """A batch as the API tells it."""
    faulty = lines_of(one, LineState.FAULTY, LineState.STUCK, LineState.FAILED)[:MOST_FAULTS]
    return {
        "id": one.public_id,
        "state": one.state,
        "customer": f"cus_{one.account_id}",
        "name": one.name,
        "until": one.until,
        "rows": counts_of(one).lines,
        "total": amount(Money(one.total_minor, one.currency)),
        "digest": one.digest,
        "order": one.order.public_id if one.order else None,
        "faults": [
            {
                "row": line.place,
                "contract": line.contract,
                "column": line.fault.get("column", ""),
                "code": line.fault.get("code", ""),
                "said": line.fault.get("sentence", {"zh": "", "en": ""}),
                "suggestion": line.fault.get("suggestion", ""),
            }
            for line in faulty
        ],
    }


def _named(batch_id: str) -> Batch:
    try:
        return batch_named(batch_id)
    except UnknownBatch:
        raise Http404 from None
