"""Read opinions: of one customer, where they disagree with the model, and what came true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from tenure.records.opinions.models import Opinion
from tenure.records.opinions.rules import Came, Contest, contest, disagree
from tenure.records.subscriptions.states import LIVE, TermState


@dataclass(frozen=True, slots=True)
class Apart:
    """An opinion about a running term that is far from what the model said."""

    opinion: Opinion

    @property
    def gap(self) -> Decimal:
        """By how much the person is surer of the renewal than the model."""
        return self.opinion.renews_share - (self.opinion.model_share or 0)

    @property
    def weight_minor(self) -> Decimal:
        """What hangs on it: the gap times the price."""
        return abs(self.gap) * self.opinion.term.price_minor


def opinions_of(account_id: int) -> list[Opinion]:
    """Everything that was thought of an account's renewals, the newest first."""
    rows = Opinion.objects.filter(account=account_id).select_related("term")
    return list(rows.order_by("-said_at", "-pk")[:20])


def disagreements(*, most: int = 50) -> list[Apart]:
    """The newest opinion of each running term that is far from the model: what hangs on it first.

    One query.
    """
    newest = Opinion.objects.filter(term=OuterRef("term")).order_by("-said_at", "-pk")
    rows = Opinion.objects.filter(
        pk=Subquery(newest.values("pk")[:1]), term__state__in=LIVE, model_share__isnull=False
    ).select_related("term", "account")
    apart = [Apart(row) for row in rows if disagree(row.renews_share, row.model_share)]
    return sorted(apart, key=lambda one: -one.weight_minor)[:most]


def came_true(*, as_of: date, grace_days: int) -> Contest | None:
    """Both scored on the terms that both spoke of and that are decided: one query.

    Of several opinions the last one before the end of the term counts.
    """
    before = Opinion.objects.filter(
        term=OuterRef("term"), said_on__lt=OuterRef("term__ends_on")
    ).order_by("-said_at", "-pk")
    rows = Opinion.objects.filter(
        pk=Subquery(before.values("pk")[:1]),
        model_share__isnull=False,
        term__ends_on__lte=as_of - timedelta(days=grace_days),
    ).exclude(term__state__in=LIVE)
    told = rows.values_list(
        "renews_share", "model_share", "term__renewed_on", "term__ends_on", "term__state"
    )
    grace = timedelta(days=grace_days)
    return contest(
        [
            Came(
                float(person),
                float(model or 0),
                state == TermState.RENEWED and renewed is not None and renewed <= ends + grace,
            )
            for person, model, renewed, ends, state in told
        ]
    )
