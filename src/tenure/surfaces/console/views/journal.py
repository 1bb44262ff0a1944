"""The journal of everybody: what happened, to whom, by whom, when, and what changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from tenure.kernel import clock
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.surfaces.console import paging, shell
from tenure.surfaces.console.access import Right, actor, may, needs
from tenure.surfaces.journal_files import lines_of, text_of

# As many numbers of customers as an address may hold.
_MOST_CHARACTERS: Final = 4_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; empty where nothing is, and what cannot be read is nothing."""

    kind: str = ""
    by: str = ""
    request: str = ""
    customer: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        given = {
            name: request.GET.get(name, "").strip()[:120] for name in ("kind", "by", "request")
        }
        return cls(
            **given,
            customer=request.GET.get("customer", "").strip()[:_MOST_CHARACTERS],
            since=_day(request.GET.get("since", "")),
            until=_day(request.GET.get("until", "")),
        )

    @property
    def given(self) -> dict[str, str]:
        """What is asked for, by name: filters of a page, of its next one and of the file."""
        told = {
            "kind": self.kind,
            "by": self.by,
            "request": self.request,
            "customer": self.customer,
            "since": "" if self.since is None else self.since.isoformat(),
            "until": "" if self.until is None else self.until.isoformat(),
        }
        return {name: value for name, value in told.items() if value}

    @property
    def customers(self) -> list[str]:
        """The numbers of customers that are asked for, parted by commas (R-P-013)."""
        return [one.strip() for one in re.split(r"[,，;；]", self.customer) if one.strip()]

    def entries(self) -> QuerySet[Entry]:
        """The entries that are asked for."""
        rows = Entry.objects.all()
        asked: dict[str, Any] = {
            "kind": self.kind or None,
            "actor": self.by or None,
            "request_id": self.request or None,
            "account__external_id__in": self.customers or None,
            "on__gte": self.since,
            "on__lte": self.until,
        }
        return rows.filter(**{name: value for name, value in asked.items() if value is not None})


@needs(Right.AUDIT)
def journal(request: HttpRequest) -> HttpResponse:
    """The newest entries: by kind, person, customer and days (of R-U-038)."""
    wanted = Wanted.of(request)
    page = paging.newest(wanted.entries().select_related("account"), request.GET.get("before", ""))
    sees_people = may(request, Right.SEE_PEOPLE)
    shown = {
        "shell": shell.of(request),
        "page": page,
        "rows": [(one, _told(one.content, sees_people=sees_people)) for one in page.rows],
        "wanted": wanted,
        "query": urlencode(wanted.given),
    }
    return render(request, "console/journal.html", shown)


@needs(Right.AUDIT)
def journal_list(request: HttpRequest) -> StreamingHttpResponse:
    """The same as a file, oldest first, row by row; that it was taken is an entry itself."""
    wanted, now = Wanted.of(request), clock.now()
    last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    on = clock.today(shell.standing().zone, now)
    content = {"asked": wanted.given, "through": last}
    append(Fact("journal.exported", on=on, content=content), at=now, by=actor(request))
    rows = wanted.entries().filter(pk__lte=last).select_related("account").order_by("pk")
    lines = lines_of(rows, sees_people=may(request, Right.SEE_PEOPLE))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="journal-{on.isoformat()}.csv"'
    return answer


def _told(content: Mapping[str, Any], *, sees_people: bool) -> list[tuple[str, str]]:
    """What changed, name by name; who may not see people reads no address and no number."""
    return [(name, text_of(value, sees_people=sees_people)) for name, value in content.items()]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
