"""The domain that our letters come from: its DNS records, and whether given ones are right."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tenure.act.messages.domains import check, read, wanted
from tenure.act.messages.post import own_signer
from tenure.kernel.failures import Refusal
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, needs

MOST_CHARACTERS = 20_000


@require_http_methods(["GET", "POST"])
@needs(Right.READ)
def domain(request: HttpRequest) -> HttpResponse:
    """What should stand there, and a verdict on records that are pasted; nothing is looked up."""
    stands = shell.standing()
    name = stands.strategy.business.sender_email.rpartition("@")[2].lower()
    problem, signer = "", None
    try:
        signer = own_signer(name)
    except Refusal as refusal:
        problem = refusal.sentence(wording.reader_language())
    given = request.POST.get("records", "")[:MOST_CHARACTERS]
    shown = {
        "shell": shell.of(request, stands),
        "name": name,
        "problem": problem,
        "wanted": wanted(name, signer=signer),
        "given": given,
        "findings": check(name, read(given), signer=signer) if given.strip() else [],
    }
    return render(request, "console/domain.html", shown)
