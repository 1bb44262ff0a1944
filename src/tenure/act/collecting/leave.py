"""Whether this deduction may be taken at this very moment. Every try asks again, under the lock."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tenure.decide.obligations.queries import binding_of
from tenure.decide.obligations.rules import Binding
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.mandates.models import Mandate
from tenure.records.billing.mandates.queries import live_consent, standing_mandate
from tenure.records.billing.mandates.states import MandateState
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import TermState


class Refused(StrEnum):
    """Why nothing is taken now."""

    SWITCHED_OFF = "switched_off"  # no live consent, no mandate, or auto-renewal is off
    CANCELLING = "cancelling"
    RENEWED = "renewed"
    OVER = "over"  # the term has lapsed or was cancelled
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Leave:
    """The leave to take one deduction: by which mandate, under which policies."""

    mandate: Mandate
    term: Term
    binding: Binding


_OVER = {
    TermState.RENEWED: Refused.RENEWED,
    TermState.CANCELLING: Refused.CANCELLING,
    TermState.CANCELLED: Refused.OVER,
    TermState.LAPSED: Refused.OVER,
}


def leave_for(deduction: Deduction, *, on: date) -> Leave | Refused:
    """The leave to take a deduction, or why there is none; a missing consent refuses (R-A-014).

    The caller is in a transaction: the subscription is locked, so that switching off and taking
    never happen at once (R-A-085).
    """
    subscription = Subscription.objects.select_for_update().get(pk=deduction.subscription_id)
    term = Term.objects.select_related("subscription", "plan_version__plan", "account").get(
        pk=deduction.term_id
    )
    refused = _OVER.get(TermState(term.state))
    if refused is not None:
        return refused
    mandate = standing_mandate(subscription.pk)
    if not subscription.auto_renew or mandate is None or live_consent(subscription.pk) is None:
        return Refused.SWITCHED_OFF
    if mandate.state == MandateState.SUSPENDED:
        return Refused.SUSPENDED
    return Leave(mandate, term, binding_of(subscription.pk, on=on, method=mandate.method))
