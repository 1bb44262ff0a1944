"""The states of a delivery. The allowed moves stand in `rules.py`."""

from django.db import models


class DeliveryState(models.TextChoices):
    """Where the telling of one fact to one endpoint stands."""

    WAITING = "waiting"  # its next attempt has an instant
    DELIVERED = "delivered"  # answered with 2xx
    GIVEN_UP = "given_up"  # every attempt was used, or the endpoint was closed
