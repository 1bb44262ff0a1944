"""The states of a group. The allowed moves stand in `rules.py`."""

from django.db import models


class GroupState(models.TextChoices):
    """From gathering to formed or over."""

    OPEN = "open"
    FORMED = "formed"  # enough have paid: everybody who did is renewed
    EXPIRED = "expired"  # too few by its end: everybody's money goes back
