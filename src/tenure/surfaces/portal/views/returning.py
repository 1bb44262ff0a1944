"""Coming back after a contract ended: the offer, what was kept, and what one brings along."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from tenure.kernel.failures import Refusal
from tenure.records.brought.actions import Upload, bring
from tenure.records.brought.models import BroughtFile
from tenure.records.brought.rules import MOST_BYTES, Sheet, checked, guess, read_sheet
from tenure.records.subscriptions.benefits.queries import comeback_of
from tenure.records.subscriptions.models import Term
from tenure.strategy.benefits import BroughtColumn, BroughtData
from tenure.strategy.facts import card
from tenure.surfaces import wording
from tenure.surfaces.portal.contracts import CHOSEN, chosen, contract_of, terms_of
from tenure.surfaces.portal.renewing import ways_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Moment, Right, Visitor, moment, opens

CONFLICT = 409
_SHOWN_FAULTS, _SHOWN_ROWS = 20, 5


@require_GET
@opens(Right.LOOK)
def come_back(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What coming back costs today, why, and what is still there (WIN-01, WIN-02, WIN-03)."""
    now = moment()
    term = chosen(request, terms_of(visitor))
    if term is None:
        return redirect("portal:home")
    contract = contract_of(term, on=now.on, grace_days=now.strategy.business.grace_days)
    if not contract.can_return:
        return redirect(f"{reverse('portal:home')}?{CHOSEN}={term.subscription_id}")
    rules = now.strategy.benefits.comeback
    kept = Term.objects.filter(subscription_id=term.subscription_id, reversed_on=None)
    context: dict[str, Any] = {
        "visitor": visitor,
        "contract": contract,
        "back_url": f"{reverse('portal:home')}?{CHOSEN}={term.subscription_id}",
        "ways": ways_of(contract, now=now),
        "rules": rules,
        "verdict": comeback_of(visitor.account_id, rules=rules, on=now.on) if rules else None,
        "terms_count": kept.count(),
        "stored_bytes": term.subscription.attributes.get("stored_bytes"),
        "brought": _brought(visitor) if visitor.is_signed_in else [],
        "facts": card(now.strategy.facts, on=now.on),
        "may_renew": Right.RENEW in visitor.may,
        "can_bring": bool(rules and rules.data) and visitor.is_signed_in,
    }
    return draw(request, "portal/come_back.html", shown=context, now=now)


def _brought(visitor: Visitor) -> list[BroughtFile]:
    rows = BroughtFile.objects.filter(account_id=visitor.account_id).defer("rows")
    return list(rows.order_by("-pk"))


@dataclass(frozen=True, slots=True)
class Column:
    """One of our columns, and which of the file's it is."""

    column: BroughtColumn
    chosen: str


@require_http_methods(["GET", "POST"])
@opens(Right.ACCOUNT)
def bring_data(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Upload a table from elsewhere, see how it is understood, and keep it."""
    now = moment()
    rules = now.strategy.benefits.comeback
    if rules is None or not rules.data:
        raise Http404
    context: dict[str, Any] = {
        "visitor": visitor,
        "kinds": list(rules.data.values()),
        "brought": _brought(visitor),
    }
    if request.method != "POST":
        return draw(request, "portal/bring.html", shown=context, now=now)
    data = rules.data.get(request.POST.get("data", ""))
    try:
        content, name = _content(request)
        sheet = read_sheet(content, name=name)
    except Refusal as refusal:
        context["error"] = refusal.sentence(wording.reader_language())
        return draw(request, "portal/bring.html", shown=context, now=now, status=CONFLICT)
    if data is None:
        context["error"] = gettext("Say what the file holds.")
        return draw(request, "portal/bring.html", shown=context, now=now, status=CONFLICT)
    mapping = _mapping(request, data, sheet)
    upload = Upload(
        visitor.account_id, data, name, sheet, mapping, leaves_out="leave_out" in request.POST
    )
    if "confirm" in request.POST:
        try:
            kept = bring(upload, on=now.on, at=now.at, by=visitor.by)
        except Refusal as refusal:
            context["error"] = refusal.sentence(wording.reader_language())
        else:
            told = gettext("%(count)s rows are kept with your account.") % {"count": kept.count}
            messages.success(request, told)
            return redirect("portal:bring")
    return _check_page(request, upload, context, now=now)


def _content(request: HttpRequest) -> tuple[bytes, str]:
    """The bytes of the upload, or of the one that is being checked, and its name."""
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        return file.read(MOST_BYTES + 1), str(file.name or "")[:200]
    name = request.POST.get("name", "")[:200]
    return request.POST.get("content", "").encode(), name


def _mapping(request: HttpRequest, data: BroughtData, sheet: Sheet) -> dict[str, str]:
    if "mapped" not in request.POST:
        return dict(guess(data, sheet.header))
    named = {one.id: request.POST.get(f"column_{one.id}", "") for one in data.columns}
    return {ours: theirs for ours, theirs in named.items() if theirs in sheet.header}


def _check_page(
    request: HttpRequest, upload: Upload, context: dict[str, Any], *, now: Moment
) -> HttpResponse:
    """How the file is understood: each column, the rows that are wrong, the first that are not."""
    found = checked(upload.data, upload.sheet, mapping=upload.mapping)
    content, _ = _content_again(request)
    shown = {
        **context,
        "data": upload.data,
        "name": upload.name,
        "content": content,
        "header": upload.sheet.header,
        "columns": [Column(one, upload.mapping.get(one.id, "")) for one in upload.data.columns],
        "faults": found.faults[:_SHOWN_FAULTS],
        "bad_rows": found.bad_rows,
        "good_rows": len(found.rows),
        "first_rows": [tuple(row.values()) for row in found.rows[:_SHOWN_ROWS]],
    }
    status = CONFLICT if context.get("error") else 200
    return draw(request, "portal/bring_check.html", shown=shown, now=now, status=status)


def _content_again(request: HttpRequest) -> tuple[str, str]:
    """The text of the upload, to be sent along with the answer."""
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        file.seek(0)
        raw = file.read()
        try:
            return raw.decode("utf-8-sig"), "utf-8"
        except UnicodeDecodeError:
            return raw.decode("gb18030", errors="replace"), "gb18030"
    return request.POST.get("content", ""), "utf-8"
