"""The life of a deduction."""

from enum import StrEnum

from tenure.kernel.lifecycle import Lifecycle
from tenure.records.billing.deductions.states import DeductionState


class DeductionVerb(StrEnum):
    """What may happen to a deduction."""

    PROVE = "be proved announced"
    HOLD = "be held"
    HAND_OVER = "be handed to the customer"
    CHARGE = "be charged"
    COLLECT = "be collected"
    DECLINE = "be declined"
    GIVE_UP = "be given up"
    STOP = "be stopped"


DEDUCTION = Lifecycle(
    {
        (DeductionState.PLANNED, DeductionVerb.PROVE): DeductionState.NOTIFIED,
        (DeductionState.PLANNED, DeductionVerb.HOLD): DeductionState.HELD,
        (DeductionState.PLANNED, DeductionVerb.HAND_OVER): DeductionState.MANUAL,
        (DeductionState.PLANNED, DeductionVerb.STOP): DeductionState.STOPPED,
        (DeductionState.NOTIFIED, DeductionVerb.CHARGE): DeductionState.CHARGING,
        (DeductionState.NOTIFIED, DeductionVerb.HOLD): DeductionState.HELD,
        (DeductionState.NOTIFIED, DeductionVerb.HAND_OVER): DeductionState.MANUAL,
        (DeductionState.NOTIFIED, DeductionVerb.STOP): DeductionState.STOPPED,
        (DeductionState.CHARGING, DeductionVerb.COLLECT): DeductionState.COLLECTED,
        (DeductionState.CHARGING, DeductionVerb.DECLINE): DeductionState.RETRYING,
        (DeductionState.CHARGING, DeductionVerb.GIVE_UP): DeductionState.FAILED,
        (DeductionState.CHARGING, DeductionVerb.STOP): DeductionState.STOPPED,
        (DeductionState.RETRYING, DeductionVerb.CHARGE): DeductionState.CHARGING,
        # The customer paid by hand while it was being retried.
        (DeductionState.RETRYING, DeductionVerb.COLLECT): DeductionState.COLLECTED,
        (DeductionState.RETRYING, DeductionVerb.GIVE_UP): DeductionState.FAILED,
        (DeductionState.RETRYING, DeductionVerb.STOP): DeductionState.STOPPED,
        (DeductionState.HELD, DeductionVerb.STOP): DeductionState.STOPPED,
        (DeductionState.MANUAL, DeductionVerb.STOP): DeductionState.STOPPED,
        # An answer that came after the switch was turned off: the money is here all the same.
        (DeductionState.STOPPED, DeductionVerb.COLLECT): DeductionState.COLLECTED,
        # The customer gave another way to pay.
        (DeductionState.FAILED, DeductionVerb.CHARGE): DeductionState.CHARGING,
        (DeductionState.FAILED, DeductionVerb.COLLECT): DeductionState.COLLECTED,
    },
    name="deduction",
    start=DeductionState.PLANNED,
)
