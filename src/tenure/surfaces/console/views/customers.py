"""Finding a customer."""

from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tenure.kernel import clock
from tenure.records.customers.models import Account, ContactPoint
from tenure.records.customers.queries import spelled
from tenure.records.numbered import accounts_with_number
from tenure.records.views.actions import choose_columns
from tenure.surfaces.console import customer_columns, shell, wordbook
from tenure.surfaces.console.access import Right, actor, may, needs
from tenure.surfaces.console.customer_list import (
    ENDING,
    NEWEST,
    ORDERS,
    RISK,
    by_arrival,
    by_end,
    by_risk,
)
from tenure.understand.value.ranking import most_valued

PHONE_TAIL_DIGITS = 4


@needs(Right.READ)
def customers(request: HttpRequest) -> HttpResponse:
    """Search by name, the last digits of a phone, or a number; without a word, in an order.

    A number may be that of the customer, an order, a payment, a contract or an invoice.

    Whoever may not see people finds by number alone, and reads no name.
    """
    sought = request.GET.get("q", "").strip()
    order = request.GET.get("order", "")
    order = order if order in ORDERS and not sought else NEWEST
    sees_people, stands = may(request, Right.SEE_PEOPLE), shell.standing()
    today = clock.today(stands.zone, clock.now())
    mark = request.GET.get("before", "")
    if order == ENDING:
        page = by_end(stands=stands, today=today, mark=mark)
    elif order == RISK:
        page = by_risk(stands=stands, mark=mark)
    else:
        page = by_arrival(_matching(sought, sees_people=sees_people), stands=stands, mark=mark)
    shown = {
        "shell": shell.of(request, stands),
        "page": page,
        "q": sought,
        "order": order,
        "orders": wordbook.CUSTOMER_ORDERS,
        "today": today,
        "sees_people": sees_people,
        "columns": customer_columns.shown(request),
        "known_columns": customer_columns.COLUMNS,
        "named_columns": request.GET.get("columns", ""),
    }
    return render(request, "console/customers.html", shown)


@require_POST
@needs(Right.READ)
def choose(request: HttpRequest) -> HttpResponse:
    """Keep which columns somebody wants; the address then says them, for views that are saved."""
    chosen = customer_columns.known(request.POST.getlist("column"))
    now = clock.now()
    on = clock.today(shell.standing().zone, now)
    choose_columns(chosen, table=customer_columns.TABLE, owner=actor(request), on=on, at=now)
    asked = {name: request.POST.get(name, "") for name in ("q", "order")}
    kept = {name: value for name, value in asked.items() if value}
    return redirect(
        f"{reverse('console:customers')}?{urlencode({**kept, 'columns': ','.join(chosen)})}"
    )


@needs(Right.READ)
def valued(request: HttpRequest) -> HttpResponse:
    """Who is worth most from here on, with the parts of each value (PRD-05)."""
    stands = shell.standing()
    currency = stands.strategy.business.currency
    found = most_valued(as_of=stands.as_of, currency=currency) if stands.as_of else None
    accounts = Account.objects.in_bulk({one.account_id for one in found.rows} if found else set())
    shown = {
        "shell": shell.of(request, stands),
        "found": found,
        "rows": [
            (rank, one, accounts[one.account_id])
            for rank, one in enumerate(found.rows if found else (), start=1)
            if one.account_id in accounts
        ],
        "sees_people": may(request, Right.SEE_PEOPLE),
    }
    return render(request, "console/valued.html", shown)


def _matching(sought: str, *, sees_people: bool) -> QuerySet[Account]:
    accounts = Account.objects.all()
    if not sought:
        return accounts
    found = Q(external_id__startswith=sought) | accounts_with_number(sought)
    if sees_people:
        found |= Q(name__startswith=sought) | spelled(sought) | _with_phone(sought)
    return accounts.filter(found)


def _with_phone(sought: str) -> Q:
    if not sought.isdigit() or len(sought) < PHONE_TAIL_DIGITS:
        return Q(pk__in=[])
    phones = ContactPoint.objects.filter(channel__in=("phone", "sms"), address__endswith=sought)
    return Q(pk__in=phones.values("person__account"))
