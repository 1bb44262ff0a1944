"""The states of a promise. The moves stand in `rules.py`."""

from django.db import models


class PromiseState(models.TextChoices):
    """Where one thing that was promised stands."""

    HELD = "held"  # set aside; nobody owes it yet
    OWED = "owed"  # the customer did their part, or it was promised without one
    DONE = "done"
    FAILED = "failed"  # could not be handed over; may be tried again
    RELEASED = "released"  # given back: refused, expired, lapsed, withdrawn


# A promise in one of these has taken from the stock.
TAKES = (PromiseState.HELD, PromiseState.OWED, PromiseState.DONE, PromiseState.FAILED)
# These are not over.
OPEN = (PromiseState.HELD, PromiseState.OWED, PromiseState.FAILED)
