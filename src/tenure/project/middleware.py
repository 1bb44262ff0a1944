"""What surrounds every request: headers that Django does not set, and failures told in a page."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.kernel.failures import Outage, Refusal
from tenure.surfaces import wording

type Next = Callable[[HttpRequest], HttpResponse]

CONFLICT, UNAVAILABLE = 409, 503
# Nothing here needs a camera, a place or a payment sheet.
PERMISSIONS: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class CarefulHeaders:
    """No powers that the pages do not need, and no copy of a personal page in any cache."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class ToldFailures:
    """A refusal or an outage that reaches the top becomes a page that says what to do."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse | None:
        """Draw the page; anything but a refusal or an outage stays an error of ours."""
        if not isinstance(failure, Refusal | Outage):
            return None
        status = CONFLICT if isinstance(failure, Refusal) else UNAVAILABLE
        sentence = failure.sentence(wording.reader_language())
        return render(
            request, "refused.html", {"sentence": sentence, "code": failure.code}, status=status
        )
