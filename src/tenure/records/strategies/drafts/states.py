"""The states of a draft. The moves stand in `rules.py`."""

from django.db import models


class DraftState(models.TextChoices):
    """Where one changed strategy stands."""

    ASKED = "asked"  # waits for a second person
    APPLIED = "applied"
    REJECTED = "rejected"
