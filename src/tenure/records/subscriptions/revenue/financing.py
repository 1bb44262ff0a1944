"""Terms that were paid for more than twelve months ahead (R-M-028, IFRS 15.60 to 65).

Such a price may hold a significant financing component. Whether it does depends on why it is paid
ahead, which no record says: the terms are named, and no interest is computed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from tenure.kernel.periods import add_months
from tenure.records.subscriptions.models import Term

YEAR_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class PaidAhead:
    """One term whose last day of service lies more than twelve months after its first."""

    term_id: int
    account_id: int
    external_id: str
    customer: str
    sold_on: date
    starts_on: date
    ends_on: date
    currency: str
    net_minor: int


@dataclass(frozen=True, slots=True)
class AheadTotal:
    """How many terms of a currency are named, and what they cost together, net of tax."""

    terms: int
    net_minor: int


def paid_ahead(*, as_of: date) -> list[PaidAhead]:
    """The terms that are named, those that end last first.

    A term counts with its free months, because they are paid for as well; days that were given
    later (a compensation) do not make it longer. It is named from the day on which it was bought
    until it ends, is closed or is undone.
    """
    before = Term.objects.filter(
        subscription=OuterRef("subscription"),
        number=OuterRef("number") - 1,
        reversed_on__isnull=True,
    )
    bought = Subquery(before.values("renewed_on")[:1])
    rows = (
        Term.objects.annotate(sold_on=Coalesce("sold_before_on", bought, "starts_on"))
        .filter(
            Q(cycle_months__gt=YEAR_MONTHS) | Q(cycle_months=YEAR_MONTHS, free_days__gt=0),
            Q(closed_on__isnull=True) | Q(closed_on__gt=as_of),
            Q(reversed_on__isnull=True) | Q(reversed_on__gt=as_of),
            ends_on__gt=as_of,
            sold_on__lte=as_of,
        )
        .order_by("-ends_on", "pk")
        .values_list(
            *("pk", "account_id", "account__external_id", "account__name"),
            *("sold_on", "starts_on", "ends_on", "currency"),
            F("price_minor") - F("tax_minor"),
            "extended_days",
        )
    )
    return [
        PaidAhead(*told)
        for *told, extended_days in rows.iterator()
        if add_months(told[5], YEAR_MONTHS) < told[6] - timedelta(days=extended_days)
    ]


def totals_ahead(named: Iterable[PaidAhead]) -> Mapping[str, AheadTotal]:
    """Currency → the sum over the terms that are named."""
    found: dict[str, AheadTotal] = {}
    for one in named:
        so_far = found.get(one.currency, AheadTotal(0, 0))
        found[one.currency] = AheadTotal(so_far.terms + 1, so_far.net_minor + one.net_minor)
    return dict(sorted(found.items()))
