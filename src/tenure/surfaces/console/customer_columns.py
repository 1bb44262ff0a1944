"""The columns of the list of customers, beside the name that is always there (R-U-034)."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenure.records.views.queries import columns_for
from tenure.surfaces.console.access import actor
from tenure.surfaces.console.wordbook import Words

TABLE = "customers"
COLUMNS: Words = {
    "plan": _("Plan"),
    "ends": _("Ends"),
    "risk": _("Churn risk"),
    "health": _("Health"),
    "kind": _("Kind"),
    "region": _("Region"),
    "since": _("Since"),
    "sales_channel": _("Sales channel"),
}
# What is shown to whoever chose nothing.
USUAL = tuple(one for one in COLUMNS if one != "sales_channel")


def known(asked: Iterable[str]) -> tuple[str, ...]:
    """Those asked for that there are, in the order of the list; the usual ones where none is."""
    wanted = set(asked)
    return tuple(one for one in COLUMNS if one in wanted) or USUAL


def shown(request: HttpRequest) -> tuple[str, ...]:
    """What the address says, so that a link shows the same to everybody; else what was chosen."""
    named = request.GET.get("columns", "")
    if named:
        return known(named.split(","))
    return known(columns_for(actor(request), table=TABLE) or ())
