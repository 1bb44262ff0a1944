"""The states of a deduction. The allowed moves stand in `rules.py`."""

from django.db import models


class DeductionState(models.TextChoices):
    """Where the automatic payment of one renewal stands."""

    PLANNED = "planned"  # to be announced, and not proved to be announced yet
    NOTIFIED = "notified"  # announced in time, with proof
    CHARGING = "charging"  # with the provider, no answer yet
    RETRYING = "retrying"  # declined, to be tried again
    COLLECTED = "collected"
    HELD = "held"  # no delivered notice: nothing is deducted, the customer renews by hand
    MANUAL = "manual"  # may not be deducted: above a limit, dearer without consent, the law
    STOPPED = "stopped"  # switched off, cancelled, or renewed by hand before
    FAILED = "failed"  # declined for the last time


# Nothing was taken yet, and something may still be.
OPEN = (
    DeductionState.PLANNED,
    DeductionState.NOTIFIED,
    DeductionState.CHARGING,
    DeductionState.RETRYING,
)
# The customer has to do something.
BY_HAND = (DeductionState.HELD, DeductionState.MANUAL)
# What is stopped where the leave to deduct is taken back.
STOPPABLE = (*BY_HAND, *OPEN)
