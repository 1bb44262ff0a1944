"""The life of one attempt to pay."""

from enum import StrEnum

from tenure.kernel.lifecycle import Lifecycle
from tenure.records.billing.states import PaymentState


class PaymentVerb(StrEnum):
    """What may happen to a payment."""

    SUCCEED = "succeed"
    FAIL = "fail"
    REFUND = "be refunded"


PAYMENT = Lifecycle(
    {
        (PaymentState.PENDING, PaymentVerb.SUCCEED): PaymentState.SUCCEEDED,
        (PaymentState.PENDING, PaymentVerb.FAIL): PaymentState.FAILED,
        (PaymentState.SUCCEEDED, PaymentVerb.REFUND): PaymentState.REFUNDED,
    },
    name="payment",
    start=PaymentState.PENDING,
)

LEADS_TO = {
    PaymentState.SUCCEEDED: PaymentVerb.SUCCEED,
    PaymentState.FAILED: PaymentVerb.FAIL,
    PaymentState.REFUNDED: PaymentVerb.REFUND,
}
