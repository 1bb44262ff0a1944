"""Read attempts to leave, what each was shown, and the prices that were promised."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from tenure.records.cancellations.models import Cancellation, Declaration, SaveOffer
from tenure.records.cancellations.rules import UnknownCancellation
from tenure.records.cancellations.states import OPEN, CancellationState, SaveAnswer


def cancellation(public_id: str) -> Cancellation:
    """The attempt of a public id.

    Raises:
        UnknownCancellation: nobody has it.
    """
    found = Cancellation.objects.filter(public_id=public_id).first()
    if found is None:
        raise UnknownCancellation(cancellation=public_id)
    return found


def open_cancellation(subscription_id: int) -> Cancellation | None:
    """The attempt that is neither confirmed nor given up."""
    return Cancellation.objects.filter(subscription_id=subscription_id, state__in=OPEN).first()


def confirmed_cancellation(term_id: int) -> Cancellation | None:
    """The newest confirmed attempt of a term that was not undone."""
    found = Cancellation.objects.filter(
        term_id=term_id, state=CancellationState.CONFIRMED, undone_at=None
    )
    return found.order_by("-settled_at", "-pk").first()


def cancellations_of(account_id: int) -> list[Cancellation]:
    """Every attempt of an account, the newest first."""
    return list(Cancellation.objects.filter(account_id=account_id).order_by("-started_at", "-pk"))


def offer_of(cancellation_id: int) -> SaveOffer | None:
    """What an attempt was shown; None where nothing was."""
    return SaveOffer.objects.filter(cancellation_id=cancellation_id).first()


def offers_shown(account_id: int, *, since: date) -> list[SaveOffer]:
    """What an account was shown on or after a day, over all attempts, oldest first."""
    shown = SaveOffer.objects.filter(account_id=account_id, shown_on__gte=since)
    return list(shown.order_by("shown_at", "pk"))


def promised(subscription_id: int, *, on: date) -> SaveOffer | None:
    """The price promise of a subscription that may still be used; the newest."""
    return promised_to([subscription_id], on=on).get(subscription_id)


def promised_to(subscription_ids: Collection[int], *, on: date) -> Mapping[int, SaveOffer]:
    """Subscription → its newest price promise that may still be used, where it has one."""
    held = promises_on(on).filter(subscription_id__in=subscription_ids)
    return {one.subscription_id: one for one in held.order_by("answered_at", "pk")}


def promises_on(on: date) -> QuerySet[SaveOffer]:
    """Every price promise that may still be used on a day."""
    return SaveOffer.objects.filter(
        state=SaveAnswer.ACCEPTED,
        kind__in=("discount", "free_months"),
        used_at=None,
        valid_until__gte=on,
    )


def waiting_since(at: datetime, *, hours: int) -> QuerySet[Cancellation]:
    """Open attempts that began that many hours or longer before an instant."""
    before = at - timedelta(hours=hours)
    return Cancellation.objects.filter(state__in=OPEN, started_at__lte=before).order_by("pk")


def of_nobody() -> QuerySet[Declaration]:
    """Declarations that named no contract of ours, the oldest first: a person finds out whose."""
    waiting = Declaration.objects.filter(account=None, cancellation=None, looked_at=None)
    return waiting.order_by("declared_at", "pk")
