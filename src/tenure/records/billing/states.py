"""The states of a payment. The allowed moves stand in `rules.py`."""

from django.db import models


class PaymentState(models.TextChoices):
    """Where one attempt to pay stands."""

    CREATED = "created"  # numbered and stored, the provider not asked yet
    PENDING = "pending"  # begun, and not yet answered
    UNKNOWN = "unknown"  # asked, and no answer came: found out by asking, never by charging again
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CLOSED = "closed"  # nobody can pay it any more: another way was taken, or the order is over
    EXPIRED = "expired"  # its time ran out unpaid
    DISPUTED_AMOUNT = "disputed_amount"  # paid, but not what was asked, or not to us
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"  # the payer's bank took it back
    WON = "won"  # a charge-back decided for us
    LOST = "lost"  # a charge-back decided against us


# A payment in one of these may still become money; at most one of an order is current.
OPEN = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.UNKNOWN)
# The money of a payment in one of these came in and was not all given back.
PAID = (PaymentState.SUCCEEDED, PaymentState.PARTIALLY_REFUNDED, PaymentState.WON)


class Origin(models.TextChoices):
    """Who said that a payment stands where it stands (R-Y-010)."""

    NOTIFY = "notify"  # the provider, by itself
    QUERY = "query"  # the provider, asked
    RECONCILE = "reconcile"  # the provider's bill
    OPERATOR = "operator"  # a person here
    IMPORT = "import"  # a file
    ENGINE = "engine"  # we ourselves: begun, closed, out of time
