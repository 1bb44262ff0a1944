"""What surrounds every request: headers that Django does not set, and failures told in a page."""

import os
from collections.abc import Callable
from typing import Final

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import page_not_found

from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.kernel.tracing import request_of, within
from tenure.surfaces import wording

type Next = Callable[[HttpRequest], HttpResponse]

REQUEST_ID: Final = "X-Request-ID"
BAD_REQUEST, CONFLICT, UNAVAILABLE = 400, 409, 503
# How PostgreSQL's driver words it; no person can type that character.
_NUL: Final = "NUL (0x00)"
# How each database says that no row can have such a number.
_BEYOND: Final = ("too large to convert to SQLite INTEGER", "out of range")


def _is_beyond(told: str) -> bool:
    return any(words in told for words in _BEYOND)


# Nothing here needs a camera, a place or a payment sheet.
PERMISSIONS: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class BadText(Refusal):
    """A text with a character that no database keeps."""

    code = "bad_text"
    said = Sentence(
        zh="提交的文字含有无法保存的字符；请删除后重试，没有任何更改。",
        en="The text holds a character that cannot be kept; take it out and try again. Nothing "
        "was changed.",
    )


class NamedRequests:
    """Each request has an id, a proxy's where it gave one: in the answer, and in the journal."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = request_of(request.headers.get(REQUEST_ID, "")) or os.urandom(16).hex()
        with within(name):
            response = self.get_response(request)
        response.headers[REQUEST_ID] = name
        return response


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
        if isinstance(failure, ValueError | DataError) and _NUL in str(failure):
            failure = BadText()
        if isinstance(failure, OverflowError | DataError) and _is_beyond(str(failure)):
            return page_not_found(request, failure)
        if not isinstance(failure, Refusal | Outage):
            return None
        status = CONFLICT if isinstance(failure, Refusal) else UNAVAILABLE
        status = BAD_REQUEST if isinstance(failure, BadText) else status
        sentence = failure.sentence(wording.reader_language())
        return render(
            request, "refused.html", {"sentence": sentence, "code": failure.code}, status=status
        )
