"""What the loop and the screens ask about money that is taken by itself."""

from datetime import date, datetime

from tenure.act.collecting.rules import access_on
from tenure.act.consequences.queries import steps_for
from tenure.decide.obligations.queries import binding_of
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.deductions.states import DeductionState
from tenure.records.billing.mandates.models import Mandate
from tenure.records.subscriptions.models import Term
from tenure.strategy.catalog import Access
from tenure.strategy.collecting import EndAction


def has_money_due(*, at: datetime) -> bool:
    """Whether something is to be announced, proved, taken or ended now."""
    return (
        Deduction.objects.filter(next_at__lte=at).exists()
        or Deduction.objects.filter(state=DeductionState.PLANNED).exists()
        or Mandate.objects.filter(unsign_at__lte=at).exists()
    )


def access_of(term_id: int, *, on: date) -> Access:
    """What a customer can use on a day, by the policy, the end action and the law (R-Y-065)."""
    term = Term.objects.select_related("plan_version__plan").get(pk=term_id)
    deduction = Deduction.objects.filter(term=term).first()
    suspended_from = None
    if deduction is not None and deduction.end_action == EndAction.SUSPEND:
        acted_on = deduction.end_action_on if deduction.end_acted_at is not None else None
        suspended_from = (acted_on - term.ends_on).days if acted_on is not None else None
    return access_on(
        {step.day: step.access for step in steps_for(term)},
        (on - term.ends_on).days,
        suspended_from=suspended_from,
        arrears=binding_of(term.subscription_id, on=on).arrears,
    )
