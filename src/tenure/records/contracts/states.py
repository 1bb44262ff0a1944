"""The states of a contract and of each signature. The allowed moves stand in `rules.py`."""

from django.db import models


class ContractState(models.TextChoices):
    """Where a contract stands (R-I-023)."""

    DRAFT = "draft"
    SENT = "sent"
    VIEWED = "viewed"
    SIGNED = "signed"  # by each
    EFFECTIVE = "effective"
    EXPIRED = "expired"
    TERMINATED = "terminated"


class SignatoryState(models.TextChoices):
    """Where one signature stands."""

    WAITING = "waiting"
    VIEWED = "viewed"
    SIGNED = "signed"


OVER = (ContractState.EXPIRED, ContractState.TERMINATED)
