"""The states of a guest and of a card. The allowed moves stand in `rules.py`."""

from django.db import models


class GuestState(models.TextChoices):
    """Whether somebody who was invited came."""

    INVITED = "invited"
    CAME = "came"
    ABSENT = "absent"


class CardState(models.TextChoices):
    """From the drawer to the till."""

    ISSUED = "issued"
    HANDED = "handed"
    REDEEMED = "redeemed"
    VOID = "void"
