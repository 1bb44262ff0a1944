"""The API for programs, version 1: JSON, OpenAPI 3.1, problem details."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from tenure.kernel.failures import Outage, Refusal
from tenure.records.calls.rules import CallInProgress, KeyReused
from tenure.surfaces.api.access import TooManyRequests, WrongScope
from tenure.surfaces.api.batches.routes import router as batches
from tenure.surfaces.api.customers.routes import router as customers
from tenure.surfaces.api.once import KeyMissing, Replayed
from tenure.surfaces.api.problems import MEDIA_TYPE, problem
from tenure.surfaces.api.renewals.routes import router as renewals
from tenure.surfaces.api.stores.routes import router as stores
from tenure.surfaces.api.webhooks.routes import router as webhooks

LEAST_ERROR = 400


class Api(NinjaAPI):
    """Ninja's API, whose document says that problems are `application/problem+json`."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        for operations in document["paths"].values():
            for operation in operations.values():
                _name_media_type(operation["responses"])
        return document


def _name_media_type(responses: dict[int, dict[str, Any]]) -> None:
    for status, response in responses.items():
        content = response.get("content", {})
        if int(status) >= LEAST_ERROR and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")


api = Api(
    title="Tenure",
    version="1",
    description="What Tenure knows about a customer, at one point in time. "
    "Instants are RFC 3339 in UTC, amounts are whole minor units with their currency.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
    openapi_extra={
        "info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
    },
)
api.add_router("/customers", customers)
api.add_router("/webhooks", webhooks)
api.add_router("", renewals)
api.add_router("", batches)
api.add_router("", stores)


@api.exception_handler(AuthenticationError)
def unauthenticated(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
    """No key, or none that we know."""
    return problem(request, "unauthenticated")


@api.exception_handler(WrongScope)
def wrong_scope(request: HttpRequest, _: WrongScope) -> HttpResponse:
    """A key for something else."""
    return problem(request, "wrong_scope")


@api.exception_handler(TooManyRequests)
def too_many(request: HttpRequest, _: TooManyRequests) -> HttpResponse:
    """A caller that must wait."""
    return problem(request, "too_many_requests")


@api.exception_handler(Http404)
def not_found(request: HttpRequest, _: Http404) -> HttpResponse:
    """Nobody has that id."""
    return problem(request, "not_found")


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, failure: ValidationError) -> HttpResponse:
    """Each mistake with the place where it stands."""
    errors = [
        {"pointer": "/" + "/".join(map(str, one["loc"])), "detail": str(one["msg"])}
        for one in failure.errors
    ]
    return problem(request, "invalid", errors=errors)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, _: HttpError) -> HttpResponse:
    """A body that cannot be read at all."""
    return problem(request, "invalid")


@api.exception_handler(KeyMissing)
def key_missing(request: HttpRequest, _: KeyMissing) -> HttpResponse:
    """A change that could not be repeated safely."""
    return problem(request, "idempotency_key_missing")


@api.exception_handler(CallInProgress)
@api.exception_handler(KeyReused)
def not_now(request: HttpRequest, failure: CallInProgress | KeyReused) -> HttpResponse:
    """The key stands for a request that is under way, or for another one."""
    return problem(request, failure.code, detail=failure.told)


@api.exception_handler(Replayed)
def replayed(request: HttpRequest, done: Replayed) -> HttpResponse:
    """What the same request was answered before."""
    return done.response


@api.exception_handler(Refusal)
def refused(request: HttpRequest, failure: Refusal) -> HttpResponse:
    """The business says no, and says why."""
    return problem(request, "refused", detail=failure.told, code=failure.code)


@api.exception_handler(Outage)
def unavailable(request: HttpRequest, failure: Outage) -> HttpResponse:
    """Another system failed; the caller may try later."""
    return problem(request, "unavailable", detail=failure.told, code=failure.code)
