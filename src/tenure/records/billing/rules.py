"""The life of one attempt to pay, and the number under which a provider knows it."""

import re
from base64 import b32encode
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Final

from tenure.kernel.lifecycle import Lifecycle
from tenure.records.billing.states import OPEN, PaymentState


class PaymentVerb(StrEnum):
    """What may happen to a payment."""

    BEGIN = "begin"
    LOSE_SIGHT = "be lost sight of"
    SUCCEED = "succeed"
    SUCCEED_LATE = "succeed late"
    FAIL = "fail"
    CLOSE = "be closed"
    EXPIRE = "expire"
    DISPUTE = "be disputed"
    ACCEPT = "be accepted as it is"
    REFUND_PART = "be refunded in part"
    REFUND = "be refunded"
    CHARGE_BACK = "be charged back"
    WIN = "be won"
    LOSE = "be lost"


_OVER_UNPAID: Final = (PaymentState.FAILED, PaymentState.CLOSED, PaymentState.EXPIRED)
_REFUNDABLE: Final = (PaymentState.SUCCEEDED, PaymentState.PARTIALLY_REFUNDED)

PAYMENT = Lifecycle(
    {
        (PaymentState.CREATED, PaymentVerb.BEGIN): PaymentState.PENDING,
        (PaymentState.UNKNOWN, PaymentVerb.BEGIN): PaymentState.PENDING,
        (PaymentState.CREATED, PaymentVerb.LOSE_SIGHT): PaymentState.UNKNOWN,
        (PaymentState.PENDING, PaymentVerb.LOSE_SIGHT): PaymentState.UNKNOWN,
        **{(one, PaymentVerb.SUCCEED): PaymentState.SUCCEEDED for one in OPEN},
        **{(one, PaymentVerb.FAIL): PaymentState.FAILED for one in OPEN},
        **{(one, PaymentVerb.CLOSE): PaymentState.CLOSED for one in OPEN},
        **{(one, PaymentVerb.EXPIRE): PaymentState.EXPIRED for one in OPEN},
        # Money that arrives after we gave the attempt up is money all the same (R-Y-008).
        **{(one, PaymentVerb.SUCCEED_LATE): PaymentState.SUCCEEDED for one in _OVER_UNPAID},
        **{
            (one, PaymentVerb.DISPUTE): PaymentState.DISPUTED_AMOUNT
            for one in (*OPEN, *_OVER_UNPAID)
        },
        (PaymentState.DISPUTED_AMOUNT, PaymentVerb.ACCEPT): PaymentState.SUCCEEDED,
        (PaymentState.DISPUTED_AMOUNT, PaymentVerb.REFUND): PaymentState.REFUNDED,
        **{(one, PaymentVerb.REFUND_PART): PaymentState.PARTIALLY_REFUNDED for one in _REFUNDABLE},
        **{(one, PaymentVerb.REFUND): PaymentState.REFUNDED for one in _REFUNDABLE},
        **{(one, PaymentVerb.CHARGE_BACK): PaymentState.CHARGED_BACK for one in _REFUNDABLE},
        (PaymentState.CHARGED_BACK, PaymentVerb.WIN): PaymentState.WON,
        (PaymentState.CHARGED_BACK, PaymentVerb.LOSE): PaymentState.LOST,
    },
    name="payment",
    start=PaymentState.CREATED,
)

# What a file may say of a payment that is known already, and the move that it means.
LEADS_TO = {
    PaymentState.SUCCEEDED: PaymentVerb.SUCCEED,
    PaymentState.FAILED: PaymentVerb.FAIL,
    PaymentState.REFUNDED: PaymentVerb.REFUND,
}

_RANDOM_BYTES: Final = 13  # 21 characters of base 32, of which 20 are used


def number_on(on: date, *, initial: str, entropy: Callable[[int], bytes]) -> str:
    """A number that every provider takes (R-Y-003): a letter, the day, 20 characters of base 32.

    29 capital letters and digits: WeChat takes 6 to 32 characters, UnionPay 8 to 32 letters and
    digits, Alipay up to 64.

    Args:
        initial: "R" for an attempt to pay, "F" for a refund.
        entropy: gives that many bytes; pass a seeded generator's `randbytes` in a rehearsal.
    """
    assert re.fullmatch("[A-Z]", initial), "one capital letter says what is numbered"
    chance = b32encode(entropy(_RANDOM_BYTES)).decode()
    return f"{initial}{on.isoformat().replace('-', '')}{chance[:20]}"
