"""What may be deducted, and the evidence behind it."""

from collections.abc import Collection
from datetime import date, datetime

from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.deductions.states import STOPPABLE
from tenure.records.billing.mandates.models import AutoRenewConsent, Mandate
from tenure.records.billing.mandates.states import ALIVE, STANDING, MandateState


def live_consent(subscription_id: int) -> AutoRenewConsent | None:
    """The consent to automatic renewal that holds now."""
    return AutoRenewConsent.objects.filter(
        subscription_id=subscription_id, withdrawn_at=None
    ).first()


def standing_mandate(subscription_id: int) -> Mandate | None:
    """The mandate of a subscription that is signed, or suspended."""
    return Mandate.objects.filter(subscription_id=subscription_id, state__in=STANDING).first()


def with_leave(subscription_ids: Collection[int]) -> set[int]:
    """Which of some subscriptions have anything that `withdraw` would take back."""
    of_them = {"subscription_id__in": subscription_ids}
    found = (
        AutoRenewConsent.objects.filter(withdrawn_at=None, **of_them),
        Deduction.objects.filter(state__in=STOPPABLE, **of_them),
        Mandate.objects.filter(state__in=ALIVE, **of_them),
    )
    return {one for rows in found for one in rows.values_list("subscription_id", flat=True)}


def open_proposal(consent: AutoRenewConsent, *, method: str, since: datetime) -> Mandate | None:
    """A mandate under this consent that the customer was sent to sign a moment ago."""
    found = Mandate.objects.filter(
        consent=consent, method=method, state=MandateState.PROPOSED, proposed_at__gte=since
    )
    return found.exclude(handoff={}).order_by("-pk").first()


def mandates_of(account_id: int) -> list[Mandate]:
    """Every mandate of an account with its consent, the newest first."""
    found = Mandate.objects.filter(account_id=account_id).select_related("consent", "subscription")
    return list(found.order_by("-proposed_at", "-pk"))


def consents_of(subscription_id: int) -> list[AutoRenewConsent]:
    """Every consent to the automatic renewal of a subscription, the newest first."""
    found = AutoRenewConsent.objects.filter(subscription_id=subscription_id)
    return list(found.order_by("-clicked_at", "-pk"))


def to_unsign(*, at: datetime, limit: int = 200) -> list[Mandate]:
    """Released mandates whose end the provider has yet to confirm, and that are due to be told."""
    due = Mandate.objects.filter(state=MandateState.RELEASED, unsign_at__lte=at)
    return list(due.order_by("unsign_at", "pk")[:limit])


def consents_of_ended(*, before: date) -> list[AutoRenewConsent]:
    """Consents of agreements that had ended, of which the device is still known."""
    found = AutoRenewConsent.objects.filter(subscription__ended_on__lt=before).exclude(
        ip="", user_agent=""
    )
    return list(found.select_related("subscription").order_by("pk"))
