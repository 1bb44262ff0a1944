"""Count the attempts to leave of a period, as a set, from the rows that the visits left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tenure.prove.saves.rules import Incremental, SaveRates, Share, incremental
from tenure.prove.statistics.groups import Group, yes_or_no
from tenure.records.cancellations.models import Cancellation, SaveOffer
from tenure.records.cancellations.states import CancellationState, SaveAnswer
from tenure.records.dates import DaysAfter
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState

NET_DAYS: Final = 30
WIN_BACK_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class Span:
    """Attempts that began on these days, both counted, as known at the end of `as_of`."""

    since: date
    until: date
    as_of: date


def save_rates(span: Span) -> SaveRates:
    """The figures of every attempt that began in a span (R-A-087, G14)."""
    rows = _attempts(span)
    is_mature = Q(started_on__lte=span.as_of - timedelta(days=NET_DAYS))
    is_gone = Q(state=CancellationState.CONFIRMED, undone_on=None)
    is_over = is_gone & Q(ends_on__lte=span.as_of - timedelta(days=WIN_BACK_DAYS))
    accepted, shown = Q(is_accepted=True), Q(is_shown=True)
    found = rows.aggregate(
        sessions=Count("pk"),
        shown=Count("pk", filter=shown),
        accepted=Count("pk", filter=accepted),
        mature=Count("pk", filter=shown & is_mature),
        lasting=Count("pk", filter=accepted & is_mature & Q(left_soon=False)),
        completed=Count("pk", filter=Q(state=CancellationState.CONFIRMED)),
        abandoned=Count("pk", filter=Q(state=CancellationState.ABANDONED)),
        kept=Count("pk", filter=Q(state=CancellationState.KEPT, is_accepted=False)),
        over=Count("pk", filter=is_over),
        won=Count("pk", filter=is_over & Q(came_back=True)),
    )
    return SaveRates(
        sessions=found["sessions"],
        shown=found["shown"],
        gross=Share(found["accepted"], found["shown"]),
        net=Share(found["lasting"], found["mature"]),
        completed=Share(found["completed"], found["sessions"]),
        abandoned=Share(found["abandoned"], found["sessions"]),
        stayed_without=found["kept"],
        won_back=Share(found["won"], found["over"]),
    )


def effect_of(save_id: str, *, span: Span) -> Incremental | None:
    """What one offer changed: who saw it against whom the lot kept it from (G15).

    The outcome is being a customer 30 days after the attempt began. Each account counts once, by
    its first attempt of the span; attempts whose 30 days are not over are left out.
    """
    known = _attempts(span).filter(started_on__lte=span.as_of - timedelta(days=NET_DAYS))
    saw = known.filter(Exists(_offers().filter(save_id=save_id)))
    kept_back = known.filter(held_out_of=save_id)
    return incremental(_outcomes(saw), _outcomes(kept_back))


def _outcomes(rows: QuerySet[Cancellation]) -> Group:
    earlier = rows.model.objects.filter(
        account=OuterRef("account"), pk__lt=OuterRef("pk"), pk__in=rows.values("pk")
    )
    first = rows.filter(~Exists(earlier))
    counted = first.aggregate(
        accounts=Count("pk"), stayed=Count("pk", filter=Q(is_gone_after=False))
    )
    return yes_or_no(counted["accounts"], yes=counted["stayed"])


def _offers() -> QuerySet[SaveOffer]:
    return SaveOffer.objects.filter(cancellation=OuterRef("pk"))


def _attempts(span: Span) -> QuerySet[Cancellation]:
    """The attempts of a span, each with what is asked of it."""
    leaving = Cancellation.objects.filter(
        subscription=OuterRef("subscription"),
        state=CancellationState.CONFIRMED,
        undone_on=None,
        settled_on__lte=OuterRef("judged_on"),
        pk__gte=OuterRef("pk"),
    )
    ended = Term.objects.filter(
        subscription=OuterRef("subscription"),
        state__in=(TermState.CANCELLED, TermState.LAPSED),
        closed_on__lte=OuterRef("judged_on"),
        closed_on__gte=OuterRef("started_on"),
    )
    back = Term.objects.filter(
        account=OuterRef("account"),
        starts_on__gte=OuterRef("ends_on"),
        starts_on__lte=OuterRef("back_by"),
    )
    rows = Cancellation.objects.filter(started_on__gte=span.since, started_on__lte=span.until)
    return rows.annotate(
        judged_on=DaysAfter("started_on", NET_DAYS),
        back_by=DaysAfter("ends_on", WIN_BACK_DAYS),
        is_shown=Exists(_offers()),
        is_accepted=Exists(_offers().filter(state=SaveAnswer.ACCEPTED)),
        left_soon=Exists(leaving),
        is_gone_after=Exists(leaving) | Exists(ended),
        came_back=Exists(back),
    )
