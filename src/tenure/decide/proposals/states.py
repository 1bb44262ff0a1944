"""Where a personal plan stands. The allowed moves stand in `rules.py`."""

from django.db import models


class ProposalState(models.TextChoices):
    """Nothing happens before a person approves."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DROPPED = "dropped"
