"""Count the attempts to leave of a period, as a set, from the rows that the visits left."""

from __future__ import annotations

from collections.abc import Mapping
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
HORIZONS: Final = (NET_DAYS, 90, 180)
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
    """What one offer changed after 30 days: who saw it against whom the lot kept it from (G15)."""
    return lasting_effects(save_id, span=span)[NET_DAYS]


def lasting_effects(save_id: str, *, span: Span) -> dict[int, Incremental | None]:
    """What is left of an offer's effect after 30, 90 and 180 days, against the lot (TOP-03).

    The outcome is being a customer so many days after the attempt began. Each account counts once,
    by its first attempt of the span; attempts whose days are not over are left out. None where
    one of the two groups is empty.
    """
    saw = Q(Exists(_offers().filter(save_id=save_id)))
    kept_back = Q(held_out_of=save_id)
    counts = {}
    for name, arm in (("saw", saw), ("kept", kept_back)):
        rows = _outlived(_attempts(span).filter(arm))
        earlier = rows.model.objects.filter(
            account=OuterRef("account"), pk__lt=OuterRef("pk"), pk__in=rows.values("pk")
        )
        counts[name] = rows.filter(~Exists(earlier)).aggregate(**_standing(span))
    return {days: incremental(*(_group(counts[name], days) for name in ("saw", "kept")))
            for days in HORIZONS}  # fmt: skip


def _standing(span: Span) -> dict[str, Count]:
    """How many are known after each horizon, and how many of those are still customers."""
    found = {}
    for days in HORIZONS:
        known = Q(started_on__lte=span.as_of - timedelta(days=days))
        found[f"known_{days}"] = Count("pk", filter=known)
        found[f"stayed_{days}"] = Count("pk", filter=known & Q(**{f"is_gone_{days}": False}))
    return found


def _outlived(rows: QuerySet[Cancellation]) -> QuerySet[Cancellation]:
    """The same attempts, each with whether its customer was gone after each horizon."""
    for days in HORIZONS:
        rows = rows.annotate(**{f"after_{days}": DaysAfter("started_on", days)})
        day = OuterRef(f"after_{days}")
        rows = rows.annotate(**{f"is_gone_{days}": Exists(_leaving(day)) | Exists(_ended(day))})
    return rows


def _group(counts: Mapping[str, int], days: int) -> Group:
    return yes_or_no(counts[f"known_{days}"], yes=counts[f"stayed_{days}"])


def _offers() -> QuerySet[SaveOffer]:
    return SaveOffer.objects.filter(cancellation=OuterRef("pk"))


def _attempts(span: Span) -> QuerySet[Cancellation]:
    """The attempts of a span, each with what is asked of it."""
    back = Term.objects.filter(
        account=OuterRef("account"),
        reversed_on=None,
        starts_on__gte=OuterRef("ends_on"),
        starts_on__lte=OuterRef("back_by"),
    )
    rows = Cancellation.objects.filter(started_on__gte=span.since, started_on__lte=span.until)
    return rows.annotate(
        judged_on=DaysAfter("started_on", NET_DAYS),
        back_by=DaysAfter("ends_on", WIN_BACK_DAYS),
        is_shown=Exists(_offers()),
        is_accepted=Exists(_offers().filter(state=SaveAnswer.ACCEPTED)),
        left_soon=Exists(_leaving(OuterRef("judged_on"))),
        came_back=Exists(back),
    )


def _leaving(day: OuterRef) -> QuerySet[Cancellation]:
    """By a day the subscription of an attempt was given up, and not taken back."""
    return Cancellation.objects.filter(
        subscription=OuterRef("subscription"),
        state=CancellationState.CONFIRMED,
        undone_on=None,
        settled_on__lte=day,
        pk__gte=OuterRef("pk"),
    )


def _ended(day: OuterRef) -> QuerySet[Term]:
    """By a day the subscription of an attempt came to its end."""
    return Term.objects.filter(
        subscription=OuterRef("subscription"),
        state__in=(TermState.CANCELLED, TermState.LAPSED),
        reversed_on=None,
        closed_on__lte=day,
        closed_on__gte=OuterRef("started_on"),
    )
