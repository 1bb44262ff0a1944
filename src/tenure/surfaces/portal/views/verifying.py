"""Upload a signed PDF and read what it proves, open to everybody (R-I-021)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from tenure.act.documents.signing.verifying import MOST_BYTES, NotAPdf, Verdict, verify
from tenure.surfaces import wording
from tenure.surfaces.portal import throttle
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import moment

UNPROCESSABLE, TOO_MANY = 422, 429


@require_http_methods(["GET", "POST"])
def verifying(request: HttpRequest) -> HttpResponse:
    """The page, and by a POST with a file the verdict; the file is looked at and not kept."""
    now = moment()
    context: dict[str, object] = {"zone": now.strategy.business.zone}
    if request.method != "POST":
        return draw(request, "portal/verify.html", shown=context, now=now)
    if throttle.FILES_CHECKED.is_reached(request):
        context["is_closed"] = True
        return draw(request, "portal/verify.html", shown=context, status=TOO_MANY, now=now)
    throttle.FILES_CHECKED.count(request)
    language = wording.reader_language()
    found = request.FILES.get("file")
    content = found.read(MOST_BYTES + 1) if found is not None else b""
    try:
        verdict = verify(content, at=now.at)
    except NotAPdf as refusal:
        context["error"] = refusal.sentence(language)
        return draw(request, "portal/verify.html", shown=context, status=UNPROCESSABLE, now=now)
    context |= {"verdict": verdict, "not_proven": _said(verdict, language)}
    return draw(request, "portal/verify.html", shown=context, now=now)


def _said(verdict: Verdict, language: str) -> list[str]:
    return [one.say(language) for one in verdict.not_proven]
