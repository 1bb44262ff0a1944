"""What every answer of the API carries, and the failures that no route sees."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from tenure.surfaces.api.limits import Quota
from tenure.surfaces.api.once import keep_answer
from tenure.surfaces.api.problems import MEDIA_TYPE, problem

PREFIX: Final = "/api/"
UNSEEN: Final = {404: "not_found", 405: "method_not_allowed"}


class ApiEdges:
    """Writes the used quota onto answers, and tells unknown addresses and methods as problems."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(PREFIX):
            return response
        response = _told(request, response)
        keep_answer(request, response)
        quota: Quota | None = getattr(request, "quota", None)
        for name, value in (quota.headers if quota else {}).items():
            response.headers[name] = value
        return response


def _told(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    kind = UNSEEN.get(response.status_code)
    if kind is None or response.headers.get("Content-Type") == MEDIA_TYPE:
        return response
    found = problem(request, kind)
    if "Allow" in response.headers:
        found.headers["Allow"] = response.headers["Allow"]
    return found
