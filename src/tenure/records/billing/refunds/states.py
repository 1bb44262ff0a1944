"""The states of a refund, why it is given, and what it does to what was bought."""

from django.db import models


class RefundState(models.TextChoices):
    """Where one refund stands."""

    REQUESTED = "requested"  # perhaps waiting for a second person
    PROCESSING = "processing"  # sent to the provider
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # the provider said no; nothing moved
    ABNORMAL = "abnormal"  # the money could not go back to where it came from: a person settles it
    REJECTED = "rejected"  # a person here said no


# The amount of a refund in one of these may not be given back a second time.
HOLDS = (
    RefundState.REQUESTED,
    RefundState.PROCESSING,
    RefundState.SUCCEEDED,
    RefundState.ABNORMAL,
)


class RefundReason(models.TextChoices):
    """Why money goes back."""

    CUSTOMER_REQUEST = "customer_request"
    WITHDRAWAL = "withdrawal"  # a right of the customer, within its days
    CANCELLATION = "cancellation"
    GOODWILL = "goodwill"
    SERVICE_FAILURE = "service_failure"
    OUR_MISTAKE = "our_mistake"
    DOUBLE_PAYMENT = "double_payment"  # one thing paid twice
    LATE_PAYMENT = "late_payment"  # paid after the order was over
    WRONG_AMOUNT = "wrong_amount"  # not what was asked
    NOT_FULFILLED = "not_fulfilled"  # what was paid could not be given


# Money that was never ours: it goes back by itself, and no second person is asked.
BY_ITSELF = (
    RefundReason.DOUBLE_PAYMENT,
    RefundReason.LATE_PAYMENT,
    RefundReason.NOT_FULFILLED,
)


class RefundEffect(models.TextChoices):
    """What a refund does to what was bought."""

    NONE = "none"  # the customer keeps it
    REVERSE = "reverse"  # the renewal counts as never made
    END = "end"  # the term ends on the day of the refund
