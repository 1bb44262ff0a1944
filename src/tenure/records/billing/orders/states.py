"""The states of an order, and what it is for. The allowed moves stand in `rules.py`."""

from django.db import models


class OrderState(models.TextChoices):
    """Where an order stands."""

    OPEN = "open"  # to be paid
    PAID = "paid"  # the money is here, what was bought is not given yet
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"  # given up, or replaced by another order
    EXPIRED = "expired"  # its time ran out unpaid


# Money for an order in one of these was taken for it.
TAKEN = (OrderState.PAID, OrderState.FULFILLED)


class Purpose(models.TextChoices):
    """What an order is for; the verb behind each stands in one table of `act`."""

    RENEWAL = "renewal"
    PLAN_CHANGE = "plan_change"
    SEATS = "seats"
    ADD_ON = "add_on"
    CO_TERM = "co_term"
    BATCH = "batch"
    GROUP = "group"  # a renewal that waits until enough others have paid
    OTHER = "other"  # nothing follows from it but its papers
