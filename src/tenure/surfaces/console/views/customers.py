"""Finding a customer."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.records.customers.models import Account, ContactPoint
from tenure.surfaces.console import paging, shell
from tenure.surfaces.console.access import Right, needs

PHONE_TAIL_DIGITS = 4


@needs(Right.SEE_PEOPLE)
def customers(request: HttpRequest) -> HttpResponse:
    """Search by name, number or the last digits of a phone; without a word, the newest."""
    sought = request.GET.get("q", "").strip()
    page = paging.newest(_matching(sought), request.GET.get("before", ""))
    return render(
        request, "console/customers.html", {"shell": shell.of(request), "page": page, "q": sought}
    )


def _matching(sought: str) -> QuerySet[Account]:
    accounts = Account.objects.all()
    if not sought:
        return accounts
    by_name = Q(name__startswith=sought) | Q(external_id__startswith=sought)
    if sought.isdigit() and len(sought) >= PHONE_TAIL_DIGITS:
        phones = ContactPoint.objects.filter(channel="phone", address__endswith=sought)
        by_name |= Q(pk__in=phones.values("person__account"))
    return accounts.filter(by_name)
