"""The states of a present. The moves stand in `rules.py`."""

from django.db import models


class GiftState(models.TextChoices):
    """Where one present is."""

    OPEN = "open"  # earned; perhaps chosen, not on its way
    SENT = "sent"
    DELIVERED = "delivered"
    RETURNED = "returned"  # came back
    CANCELLED = "cancelled"  # never sent: refunded, not chosen in time, or withdrawn


# A present in one of these took a thing from the stock, where one was chosen.
TAKES = (GiftState.OPEN, GiftState.SENT, GiftState.DELIVERED)
