"""The states of an attempt to leave, and of an offer to stay. The moves stand in `rules.py`."""

from django.db import models


class CancellationState(models.TextChoices):
    """Where one attempt to leave stands (R-A-080)."""

    STARTED = "started"  # the first click
    OFFER_SHOWN = "offer_shown"
    CONFIRMED = "confirmed"
    KEPT = "kept"  # stays: took an offer, or chose to keep the service
    ABANDONED = "abandoned"  # neither; never counted as a save


OPEN = (CancellationState.STARTED, CancellationState.OFFER_SHOWN)


class SaveAnswer(models.TextChoices):
    """What became of an offer to stay."""

    SHOWN = "shown"  # nothing was said about it
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Stop(models.TextChoices):
    """When the service stops."""

    AT_END = "at_end"  # at the end of what is paid; can be undone until then
    AT_ONCE = "at_once"
