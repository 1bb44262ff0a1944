"""The states of a goodwill credit. The moves stand in `rules.py`."""

from django.db import models


class GoodwillState(models.TextChoices):
    """Where one credit stands."""

    ASKED = "asked"  # waits for a second person
    GIVEN = "given"
    REJECTED = "rejected"


# The amount of a credit in one of these counts against the limits.
COUNTS = (GoodwillState.ASKED, GoodwillState.GIVEN)
