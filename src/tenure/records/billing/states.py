"""The states of a payment. The allowed moves stand in `rules.py`."""

from django.db import models


class PaymentState(models.TextChoices):
    """Where one attempt to pay stands."""

    PENDING = "pending"  # begun, and not yet answered
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUNDED = "refunded"
