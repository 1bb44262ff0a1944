"""The states of a message. The allowed moves stand in `rules.py`."""

from django.db import models


class MessageState(models.TextChoices):
    """From planned to read, or to the reason why it never went out."""

    PLANNED = "planned"
    SENDING = "sending"  # claimed by one sender under a lease
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    SUPPRESSED = "suppressed"  # we chose not to; `reason` says why
    FAILED = "failed"  # we could not; `reason` says why
    EXPIRED = "expired"  # its time passed while it waited
