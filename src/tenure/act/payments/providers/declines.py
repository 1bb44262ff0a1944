"""One vocabulary for why a payment was declined, whichever provider says it.

The words are the card networks' usual ones, as Stripe writes them; a reason that has none keeps
the provider's own code in lower case.
"""

from collections.abc import Mapping
from typing import Final

from tenure.act.payments.values import CUSTOMER_ACTION

INSUFFICIENT_FUNDS: Final = "insufficient_funds"
LIMIT_EXCEEDED: Final = "amount_too_large"
AGREEMENT_ENDED: Final = "agreement_ended"
ACCOUNT_CLOSED: Final = "account_closed"
TRY_AGAIN: Final = "processing_error"
NOT_TODAY: Final = "outside_window"

WORDS: Final[Mapping[str, str]] = {
    # WeChat Pay
    "NOTENOUGH": INSUFFICIENT_FUNDS,
    "NOT_ENOUGH": INSUFFICIENT_FUNDS,
    "余额不足": INSUFFICIENT_FUNDS,
    "USER_ACCOUNT_ABNORMAL": ACCOUNT_CLOSED,
    "ACCOUNTERROR": ACCOUNT_CLOSED,
    "CONTRACT_NOT_EXIST": AGREEMENT_ENDED,
    "CONTRACTERROR": AGREEMENT_ENDED,
    "AMOUNT_LIMIT": LIMIT_EXCEEDED,
    "RULE_LIMIT": NOT_TODAY,
    "RULELIMIT": NOT_TODAY,
    "BANKERROR": TRY_AGAIN,
    "SYSTEM_ERROR": TRY_AGAIN,
    "SYSTEMERROR": TRY_AGAIN,
    # Alipay
    "ACQ.BUYER_BALANCE_NOT_ENOUGH": INSUFFICIENT_FUNDS,
    "ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH": INSUFFICIENT_FUNDS,
    "ACQ.AGREEMENT_NOT_EXIST": AGREEMENT_ENDED,
    "ACQ.AGREEMENT_INVALID": AGREEMENT_ENDED,
    "ACQ.CYCLE_PAY_DATE_NOT_MATCH": NOT_TODAY,
    "ACQ.CYCLE_PAY_SINGLE_FEE_EXCEED": LIMIT_EXCEEDED,
    "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR": LIMIT_EXCEEDED,
    "ACQ.BUYER_ENABLE_STATUS_FORBID": ACCOUNT_CLOSED,
    "ACQ.SYSTEM_ERROR": TRY_AGAIN,
    "ACQ.USER_LOGONID_DUP": CUSTOMER_ACTION,
    # UnionPay
    "51": INSUFFICIENT_FUNDS,
    "54": "expired_card",
    "61": LIMIT_EXCEEDED,
}


def decline_word(code: str) -> str:
    """The common word for a provider's code, or the code itself in lower case."""
    return WORDS.get(code, code.lower())
