"""The states of a mandate. The allowed moves stand in `rules.py`."""

from django.db import models


class MandateState(models.TextChoices):
    """Where a mandate to deduct stands."""

    PROPOSED = "proposed"  # the customer was sent to the provider to sign it
    SIGNED = "signed"
    SUSPENDED = "suspended"  # nothing is deducted until it is taken up again
    RELEASED = "released"  # ended by the customer, at the provider or here
    EXPIRED = "expired"  # ended by itself: never signed, or its time is over


# One of these may stand for a subscription at a time.
STANDING = (MandateState.SIGNED, MandateState.SUSPENDED)
ALIVE = (MandateState.PROPOSED, *STANDING)
