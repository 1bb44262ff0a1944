"""Pages behind signed links of mails: a title, a sentence, and a button that a person presses."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from tenure.kernel.failures import Sentence


@dataclass(frozen=True, slots=True)
class OneButton:
    """What one page says; without a button there is nothing left to do."""

    title: Sentence
    text: Sentence
    button: Sentence | None = None
    status: int = 200


def said(
    request: HttpRequest, page: OneButton, *, language: str, beside: Mapping[str, str] | None = None
) -> HttpResponse:
    """The page in a language; an empty one is that of the reader's browser.

    Args:
        beside: what else the template shows, such as the way to finer choices.
    """
    chosen = language or translation.get_language() or "zh-Hans"
    with translation.override("en" if chosen == "en" else "zh-hans"):
        context = {
            "title": page.title.say(chosen),
            "text": page.text.say(chosen),
            "button": page.button.say(chosen) if page.button else "",
            **(beside or {}),
        }
        return render(request, "portal/one_button.html", context, status=page.status)
