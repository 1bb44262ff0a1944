"""The states of a subscription and of a term. The allowed moves stand in `rules.py`."""

from django.db import models


class SubscriptionState(models.TextChoices):
    """Where an agreement stands."""

    ACTIVE = "active"
    PAUSED = "paused"  # at rest for a while; the term's end has moved with it
    ENDED = "ended"


class TermState(models.TextChoices):
    """Where one paid period stands."""

    RUNNING = "running"  # paid, not over, nothing decided
    CANCELLING = "cancelling"  # the customer asked to stop at the end; can be undone until then
    GRACE = "grace"  # over, not renewed, still inside the grace days
    RENEWED = "renewed"
    LAPSED = "lapsed"  # nobody renewed it
    CANCELLED = "cancelled"  # ended because the customer said so


LIVE = (TermState.RUNNING, TermState.CANCELLING, TermState.GRACE)


class EndKind(models.TextChoices):
    """Of which kind an end was (golden example G07)."""

    VOLUNTARY = "voluntary"  # the customer said so
    INVOLUNTARY = "involuntary"  # the automatic payment failed for the last time
    LAPSE = "lapse"  # nobody renewed it
